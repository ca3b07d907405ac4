import { resolveHomeFolders } from "../config/home-folders.ts";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import { currentDesktop } from "../programs/desktop.ts";
import { type ApiClient, createApiClient } from "./api-client.ts";
import type { Command, CommandContext } from "./command.ts";
import { findDaemon } from "./find-daemon.ts";
import { type OpenedPage, openPage } from "./open-page.ts";
import { runServe } from "./serve.ts";

export const open: Command = {
  name: "open",
  summary: "Open the page in the browser; where nothing runs, start it first, as `serve` does.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [{ name: "print", help: "Only print the page's address. It works once, for a minute." }],
  example: "asset-sync open",
  async run(context) {
    const { apiFile } = resolveHomeFolders({ home: context.home, env: context.env });
    const found = await findDaemon({ apiFile, signal: context.signal });
    if (found !== undefined) return openAndTell(context, createApiClient({ ...found, signal: context.signal }));
    return runServe(context, {
      async onStarted(daemon, signal) {
        const opened = await openWith({ ...context, signal }, createApiClient({ ...daemon, signal }));
        for (const line of describeOpened(opened)) context.output.note(line);
      },
    });
  },
};

const openWith = (context: CommandContext, client: ApiClient): Promise<OpenedPage> =>
  openPage(context, client, { print: context.flags.isSet("print"), desktop: currentDesktop() });

async function openAndTell(context: CommandContext, client: ApiClient): Promise<ExitStatus> {
  const opened = await openWith(context, client);
  context.output.answer({ state: opened.state, address: opened.url }, () =>
    // For scripts, which read one line.
    context.flags.isSet("print") && opened.url !== null ? [opened.url] : describeOpened(opened),
  );
  return opened.state === "not-come" ? exitStatuses.failed : exitStatuses.done;
}

function describeOpened({ state, url }: OpenedPage): string[] {
  if (state === "opened" || url === null) return ["The page is open in your browser."];
  if (state === "printed") return ["Open this address in a browser on this machine; it works once, for a minute:", url];
  return ["No browser has come to the page. `asset-sync open --print` gives an address to open by hand."];
}
