import type { HostName } from "../host-name.ts";
import type { Secret } from "../http/foreign-secret.ts";
import type { Reply } from "../http/reply.ts";
import type { Exchange } from "./exchange.ts";

export type HostAnswer = (exchange: Exchange) => Reply | Promise<Reply>;

/** What a provider brings to the sandbox: its hosts' answers and the secrets that belong to them alone. */
export interface Provider {
  answers: Partial<Record<HostName, HostAnswer>>;
  /** Asked at each request, since secrets come and go. */
  secrets(): readonly Secret[];
  /** Ends what it has under way. */
  close(): Promise<void>;
}
