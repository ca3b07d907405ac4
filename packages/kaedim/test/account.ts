import { createHash } from "node:crypto";
import { type Sandbox, type SandboxOptions, startSandbox } from "@org/sandbox";
import { createKaedim, type Kaedim, type KaedimSettings, type TokenStore } from "../src/index.ts";

/** A sandbox with a client of its account. */
export interface Account {
  readonly sandbox: Sandbox;
  readonly kaedim: Kaedim;
  readonly tokenStore: TokenStore & { token: string | null };
  /** Another client of the same account. */
  createClient(more?: Partial<KaedimSettings>): Kaedim;
}

/** Runs `use` with a sandbox, and ends the sandbox. Retries go without waits, so that faults do not cost the test time. */
export async function withAccount(
  options: SandboxOptions["kaedim"] & { client?: Partial<KaedimSettings> },
  use: (account: Account) => Promise<void>,
): Promise<void> {
  const { client, ...kaedimOptions } = options;
  const sandbox = await startSandbox({ kaedim: kaedimOptions });
  try {
    const { devId, apiKey, refreshToken } = sandbox.kaedim.credentials();
    const tokenStore = {
      token: null as string | null,
      read: async () => tokenStore.token,
      write: async (token: string | null) => {
        tokenStore.token = token;
      },
    };
    const createClient = (more: Partial<KaedimSettings> = {}) =>
      createKaedim({
        devId,
        apiKey,
        refreshToken,
        origin: sandbox.origins.kaedim,
        tokenStore,
        http: { retry: { baseDelayMs: 0 }, proxy: "none" },
        ...client,
        ...more,
      });
    await use({ sandbox, kaedim: createClient(), tokenStore, createClient });
  } finally {
    await sandbox.close();
  }
}

/** What the sandbox's journal shows of a credential. */
export function shownInJournal(value: string): string {
  const scheme = value.startsWith("Bearer ") ? "Bearer " : "";
  return `${scheme}…redacted sha256:${createHash("sha256").update(value).digest("hex").slice(0, 8)}`;
}

export const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(120, 7)]);
