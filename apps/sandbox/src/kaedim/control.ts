import { z } from "zod";
import type { KaedimRequest } from "./requests.ts";
import { type KaedimSettings, kaedimSettingsSchema } from "./settings.ts";
import type { WebhookDelivery, WebhookSigning } from "./webhooks.ts";

/** What `startSandbox` takes under `kaedim`. */
export const kaedimOptionsSchema = kaedimSettingsSchema.partial();

/** What `PATCH /_sandbox/state` takes under `kaedim`: settings, and what may be changed besides. */
export const kaedimPatchSchema = kaedimOptionsSchema.extend({
  /** The destination of webhooks; null: none is registered. */
  hook: z.string().nullable().optional(),
  expireJwt: z.literal(true).optional(),
  requests: z
    .array(
      z.strictObject({
        requestID: z.string(),
        /** Its newest iteration has this status from now on; without it, the request reaches its outcome now. */
        status: z.string().min(1).optional(),
        dismissedReason: z.string().optional(),
      }),
    )
    .optional(),
});
export type KaedimPatch = z.input<typeof kaedimPatchSchema>;

/** A request as the state shows it. */
export interface KaedimRequestReport {
  requestID: string;
  createdAt: string;
  /** Of its newest iteration; null before there is one. */
  status: string | null;
  cost: number;
  order: KaedimRequest["order"];
}

export interface KaedimState {
  settings: KaedimSettings;
  credits: number;
  hook: string | null;
  jwtExpiresAt: string | null;
  /** Newest first. */
  requests: KaedimRequestReport[];
  /** Oldest first; the last 1,000. */
  webhooks: WebhookDelivery[];
}

/** The Kaedim of a running sandbox, as a test drives it. */
export interface KaedimControl {
  /** What a client needs; `secret` is the one that signs webhooks. */
  credentials(): Pick<KaedimSettings, "devId" | "apiKey" | "refreshToken" | "secret" | "studioId">;
  /** Changes settings; a wrong patch throws `InvalidInputError` and changes nothing. */
  configure(patch: Partial<KaedimSettings>): void;
  credits(): number;
  setCredits(credits: number): void;
  /** A good JWT, as a refresh would give; the one before it is dead. */
  issueJwt(): string;
  /** Makes the good JWT expired. */
  expireJwt(): void;
  requests(): KaedimRequestReport[];
  /** An accepted request without the call, for example of an older day. */
  addRequest(request?: {
    createdAt?: string;
    loq?: string;
    imageUrls?: string[];
    test?: boolean;
    outcome?: string;
  }): string;
  /** The request reaches its outcome now; its webhook is sent. */
  finishRequest(requestID: string): void;
  setStatus(requestID: string, status: string, dismissedReason?: string): void;
  /** Begins another iteration, which ends like any request. */
  addIteration(requestID: string, editDescription?: string): void;
  hook(): string | null;
  setHook(destination: string | null): void;
  webhooks(): WebhookDelivery[];
  lastWebhook(): WebhookDelivery | undefined;
  /** Tells the request's status once more, wrongly signed where asked for; resolves when it was answered. */
  sendWebhook(requestID: string, signing?: WebhookSigning): Promise<WebhookDelivery>;
  /** Resolves when every webhook that is due by now was answered. */
  webhooksSettled(): Promise<void>;
}
