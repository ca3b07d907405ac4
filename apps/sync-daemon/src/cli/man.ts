import { listConfigKeys } from "../config/config-keys.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { formatManPage } from "./man-page.ts";
import { globalOptions } from "./parse-command-line.ts";
import { readVersion } from "./version.ts";

export const man: Command = {
  name: "man",
  summary: "Print the manual page.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [],
  example: "asset-sync man | man -l -",
  async run({ commands, output }) {
    const page = formatManPage({ commands, globalOptions, keys: listConfigKeys(), version: readVersion() });
    output.answer({ page }, () => [page.trimEnd()]);
    return exitStatuses.done;
  },
};
