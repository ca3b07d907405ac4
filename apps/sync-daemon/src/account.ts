import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config/config.ts";
import { createImeshhSource } from "./sources/imeshh-source.ts";
import { lockHome } from "./store/home-lock.ts";
import { openStore } from "./store/open-store.ts";

/** Signs in once with the configured account. Throws `sign-in-failed`, or why the shop could not be asked. */
export async function checkAccount(options: { config: Config; password: string; signal: AbortSignal }): Promise<void> {
  const { config } = options;
  const { username } = config.imeshh;
  if (username === null) return;
  const source = createImeshhSource({
    account: { username, password: options.password },
    origins: config.imeshh.origins,
    archiveHosts: config.imeshh.archiveHosts,
    bandwidthBytesPerSecond: null,
    network: config.network,
    logger: undefined,
  });
  await source.checkAccount({ signal: options.signal });
  forgetSignInRefusal(config.home.state);
}

/** The account works, so an earlier refusal is history. A running daemon forgets its own by itself. */
function forgetSignInRefusal(folder: string): void {
  if (!existsSync(join(folder, "state.db"))) return;
  const lock = lockHome({ folder, now: Date.now });
  if (lock.taken) return;
  try {
    const store = openStore({ folder, now: Date.now });
    store.sourceState.clearSignInRefusal();
    store.close();
  } finally {
    lock.release();
  }
}
