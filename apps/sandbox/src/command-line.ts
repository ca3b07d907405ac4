import { parseArgs } from "node:util";
import { nearestName } from "./nearest-name.ts";
import { highestPort, type SandboxOptions } from "./options.ts";
import { InvalidInputError } from "./parse-strictly.ts";
import { type ChargingModel, chargingModels } from "./shop/quota.ts";

export interface CommandLine {
  options: SandboxOptions;
  json: boolean;
  endWithInput: boolean;
  help: boolean;
}

export const helpText = `asset-sandbox: the vendor's hosts on loopback, for trying things without an account

  --port N           /_sandbox at port N, the hosts on the ports after it (default: free ports)
  --products N       N further products for load, besides the sample shop's
  --charging MODEL   when a download counts: ${chargingModels.join(", ")} (default: link)
  --not-strict       do not refuse requests that lack the documented headers
  --json             print one line of JSON when ready, instead of text
  --end-with-input   end when standard input does, and so with the program that started it
  --help             this text

It runs until Ctrl-C. Faults, journal and state: see /_sandbox and the README.
`;

const flags = {
  port: { type: "string" },
  products: { type: "string" },
  charging: { type: "string" },
  "not-strict": { type: "boolean" },
  json: { type: "boolean" },
  "end-with-input": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the command line; what is wrong throws `InvalidInputError` with a sentence that names the right flag. */
export function parseCommandLine(args: string[]): CommandLine {
  const { tokens } = parseArgs({ args, options: flags, strict: false, tokens: true });
  const options: SandboxOptions = {};
  let json = false;
  let endWithInput = false;
  let help = false;
  for (const token of tokens) {
    if (token.kind === "positional")
      throw new InvalidInputError(
        `"${token.value}" is not understood: asset-sandbox takes flags only. See asset-sandbox --help.`,
      );
    if (token.kind !== "option") continue;
    if (token.name === "port") options.port = wholeNumber(token, highestPort);
    else if (token.name === "products") options.generatedProducts = wholeNumber(token, 1_000_000);
    else if (token.name === "charging") options.charging = chargingModel(token.value);
    else if (token.name === "not-strict") options.strict = !isSet(token);
    else if (token.name === "json") json = isSet(token);
    else if (token.name === "end-with-input") endWithInput = isSet(token);
    else if (token.name === "help" || token.name === "h") help = isSet(token);
    else throw unknownFlag(token.rawName);
  }
  return { options, json, endWithInput, help };
}

interface FlagToken {
  rawName: string;
  value: string | undefined;
}

function isSet(token: FlagToken): true {
  if (token.value !== undefined)
    throw new InvalidInputError(`${token.rawName} takes no value; it was given "${token.value}".`);
  return true;
}

function wholeNumber(token: FlagToken, most: number): number {
  const value = token.value ?? "";
  if (!/^\d+$/.test(value) || Number(value) > most) {
    throw new InvalidInputError(
      `${token.rawName} needs a whole number from 0 to ${most}, for example ${token.rawName} 4800; it was given "${value}".`,
    );
  }
  return Number(value);
}

function chargingModel(value: string | undefined): ChargingModel {
  const model = chargingModels.find((candidate) => candidate === value);
  if (model !== undefined) return model;
  const nearest = nearestName(value ?? "", chargingModels);
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  throw new InvalidInputError(
    `--charging is one of ${chargingModels.join(", ")}; it was given "${value ?? ""}".${hint}`,
  );
}

function unknownFlag(rawName: string): InvalidInputError {
  const nearest = nearestName(rawName.replace(/^-+/, ""), Object.keys(flags));
  const hint = nearest === undefined ? "See asset-sandbox --help." : `Did you mean --${nearest}?`;
  return new InvalidInputError(`${rawName} is not a flag of asset-sandbox. ${hint}`);
}
