import { homedir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { resolveHomeFolders } from "../config/home-folders.ts";
import { type Desktop, environmentOf, findOpener } from "../programs/desktop.ts";
import { startProgram } from "../programs/start-program.ts";
import type { ApiClient } from "./api-client.ts";
import type { CommandContext } from "./command.ts";
import { writePageFile } from "./page-file.ts";

/** How `openPage` ended. `printed`: the address was told, and no browser was started. */
export interface OpenedPage {
  readonly state: "opened" | "printed" | "not-come";
  /** Works once, within `lifeMs` of its making; null where a page has used it. */
  readonly url: string | null;
}

/**
 * Opens the daemon's page in the person's browser and waits until it has come, at most as long as its code lives. Where
 * there is no screen or no browser, or only the address is wanted, that is given back instead. The code stands in a
 * private file and in no command line (docs/decisions, "a page is opened from a private file").
 */
export async function openPage(
  context: Pick<CommandContext, "home" | "env" | "output" | "signal">,
  client: Pick<ApiClient, "createPageCode" | "watch">,
  options: { print: boolean; desktop: Desktop; userFolder?: string },
): Promise<OpenedPage> {
  const { signal, output } = context;
  const { desktop } = options;
  const { url, landingUrl, lifeMs } = await client.createPageCode();
  if (options.print) return { state: "printed", url };
  const opener = findOpener(desktop);
  if ("missing" in opener) {
    output.note(`No browser can be opened: ${opener.missing}.`);
    return { state: "printed", url };
  }

  const { ownFolder } = resolveHomeFolders({ home: context.home, env: context.env });
  // Browsers that come as snaps may not read hidden folders, where the state lies on Linux.
  const folders = desktop.platform === "linux" ? [options.userFolder ?? homedir(), ownFolder] : [ownFolder];
  const file = await writePageFile({ url: landingUrl, folders });
  const come = Promise.withResolvers<"opened">();
  const watch = client.watch(({ type }) => {
    if (type === "page-opened") come.resolve("opened");
  });
  const enough = new AbortController();
  try {
    await watch.opened;
    try {
      await startProgram({ program: opener.program, args: [file.path], env: environmentOf(desktop) });
    } catch (error) {
      output.note(`No browser can be opened: ${(error as Error).message}.`);
      return { state: "printed", url };
    }
    const late = wait(lifeMs, "not-come" as const, { signal: AbortSignal.any([signal, enough.signal]) });
    const state = await Promise.race([come.promise, late.catch(() => "not-come" as const)]);
    return { state, url: state === "opened" ? null : url };
  } finally {
    enough.abort();
    watch.close();
    await file.remove();
  }
}
