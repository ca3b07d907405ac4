import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { WatchedEvent } from "../api/contract/activity.ts";
import { createConfigAccess } from "../config/config-access.ts";
import { resolveHomeFolders } from "../config/home-folders.ts";
import { type ApiClient, CallError, createApiClient } from "./api-client.ts";
import type { CommandContext } from "./command.ts";
import { findDaemon } from "./find-daemon.ts";
import { createProgress } from "./progress.ts";
import { startOwn } from "./serve.ts";

export interface Connection {
  readonly client: ApiClient;
  /** Does this very command run the daemon, because none was running? */
  readonly isOwn: boolean;
  close(): Promise<void>;
}

/** How long one that owns the home and does not answer is waited for: on a machine that renders, a start takes its time. */
const startupMs = 30_000;
const betweenLooksMs = 250;

/**
 * The way to the daemon's operations: the running daemon of this home, or one that lives as long as the command.
 * Either way everything goes over the same API.
 */
export async function connect(context: CommandContext): Promise<Connection> {
  const { env, signal } = context;
  const home = resolveHomeFolders({ home: context.home, env });
  const look = async (): Promise<Connection | undefined> => {
    const found = await findDaemon({ apiFile: home.apiFile, signal });
    return found && { client: createApiClient({ ...found, signal }), isOwn: false, close: async () => {} };
  };
  const running = await look();
  if (running !== undefined) return running;

  const configAccess = createConfigAccess({ home: context.home, env });
  const { config } = await configAccess.load();
  const { password, place } = await configAccess.readPassword({ config, signal });
  const giveUpMs = performance.now() + startupMs;
  for (;;) {
    try {
      const own = await startOwn({ config, password, passwordPlace: place, configAccess, follow: false, apiPort: 0 });
      if (own.stateNotice !== null) context.output.note(own.stateNotice);
      return {
        client: createApiClient({ ...own, signal }),
        isOwn: true,
        async close() {
          // Other commands may have found this daemon meanwhile; Ctrl-C lets go of them too.
          await Promise.race([own.idle(), signal.aborted ? undefined : once(signal, "abort")]);
          await own.stop();
        },
      };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "HomeTakenError" || performance.now() > giveUpMs) throw error;
    }
    // Who has the home is starting, and will answer, or is a command that ends, and then the home is free.
    await wait(betweenLooksMs, undefined, { signal });
    const started = await look();
    if (started !== undefined) return started;
  }
}

/** Connects, does the work, and lets go again. */
export async function withDaemon<Answer>(
  context: CommandContext,
  work: (connection: Connection) => Promise<Answer>,
): Promise<Answer> {
  const connection = await connect(context);
  try {
    return await work(connection);
  } catch (error) {
    // Found, and ended before it heard of this: a command's own daemon lives no longer than its command.
    if (connection.isOwn || !(error instanceof CallError) || error.code !== "daemon-gone") throw error;
  } finally {
    await connection.close();
  }
  const next = await connect(context);
  try {
    return await work(next);
  } finally {
    await next.close();
  }
}

/**
 * Shows what happens while a long call runs: bars on a terminal, lines elsewhere, nothing with `--json`. Events of the
 * types in `toldByAnswer` are left out: the command says the same at its end.
 */
export async function withProgress<Answer>(
  context: CommandContext,
  client: ApiClient,
  work: () => Promise<Answer>,
  toldByAnswer: readonly WatchedEvent["type"][] = [],
): Promise<Answer> {
  if (context.json) return work();
  const progress = createProgress(context.terminal.stderr);
  const watch = client.watch((event) => {
    if (!toldByAnswer.includes(event.type)) progress.show(event);
  });
  try {
    await watch.opened;
    const answer = await work();
    await watch.seen(client.lastEventId());
    return answer;
  } finally {
    watch.close();
    progress.end();
  }
}
