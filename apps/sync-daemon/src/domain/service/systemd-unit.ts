import { exitStatuses } from "../exit-status.ts";
import { listServiceArguments, restartLimits, type ServiceCommand, serviceMarker } from "./service-command.ts";

/** A user unit (systemd.service(5)). Throws a `RangeError` for a path with a line break in it, which no unit can name. */
export function formatSystemdUnit(command: ServiceCommand): string {
  const words = [command.node, ...listServiceArguments(command)];
  const { waitSeconds, times, withinSeconds } = restartLimits;
  const { usage, signIn, homeTaken } = exitStatuses;
  return [
    `# ${serviceMarker}`,
    "[Unit]",
    "Description=asset-sync keeps a Blender asset library current",
    "Documentation=man:asset-sync(1)",
    `StartLimitIntervalSec=${withinSeconds}`,
    `StartLimitBurst=${times}`,
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${words.map(quoteWord).join(" ")}`,
    "Restart=on-failure",
    `RestartSec=${waitSeconds}`,
    "# What a person has to mend first: starting again would not help.",
    `RestartPreventExitStatus=${usage} ${signIn} ${homeTaken}`,
    "NoNewPrivileges=yes",
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");
}

/** As systemd reads words: in quotes, with its own signs doubled (systemd.service(5), "Command lines"). */
function quoteWord(word: string): string {
  if (/[\u0000-\u001f]/.test(word)) throw new RangeError(`A systemd unit cannot name ${JSON.stringify(word)}.`);
  return `"${word.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}
