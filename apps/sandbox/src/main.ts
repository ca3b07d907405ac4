import { helpText, parseCommandLine } from "./command-line.ts";
import { InvalidInputError } from "./parse-strictly.ts";
import type { Sandbox } from "./sandbox.ts";
import { startSandbox } from "./start-sandbox.ts";

await run(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof InvalidInputError)) throw error;
  process.stderr.write(`asset-sandbox: ${error.message}\n`);
  process.exitCode = 2;
});

async function run(args: string[]): Promise<void> {
  const { options, json, endWithInput, help } = parseCommandLine(args);
  if (help) {
    process.stdout.write(helpText);
    return;
  }
  const sandbox = await startSandbox(options);
  let isClosing = false;
  const end = () => {
    // A second signal ends at once by the default action.
    if (isClosing) process.exit(1);
    isClosing = true;
    void sandbox.close();
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
  if (endWithInput) process.stdin.once("end", end).resume();
  process.stdout.write(json ? `${JSON.stringify(readyLine(sandbox))}\n` : readyText(sandbox));
}

function readyLine({ origins, control, accounts, enterpriseKey, kaedim, imagine, threeDVerse }: Sandbox) {
  return {
    origins,
    control,
    accounts,
    enterpriseKey,
    kaedim: kaedim.credentials(),
    imagine: imagine.credentials(),
    threeDVerse: threeDVerse.credentials(),
  };
}

function readyText({ origins, control, accounts, enterpriseKey, kaedim, imagine, threeDVerse }: Sandbox): string {
  const [account] = accounts;
  return [
    "The sandbox answers. Nothing of it reaches the vendor or the internet.",
    "",
    ...Object.entries(origins).map(([host, origin]) => `  ${host.padEnd(12)} ${origin}`),
    `  ${"control".padEnd(12)} ${control}/_sandbox`,
    "",
    `  account     ${account?.username}   password ${account?.password}`,
    `  enterprise  ${enterpriseKey}`,
    `  kaedim      devID ${kaedim.credentials().devId}   API key ${kaedim.credentials().apiKey}`,
    `  imagine     ${imagine.credentials().secretKey}   ${imagine.credentials().publicKey}   domain ${imagine.credentials().domain}`,
    `  3dverse     API key ${threeDVerse.credentials().apiKey}`,
    "",
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}
