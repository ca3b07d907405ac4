import type { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Origins } from "../host-name.ts";
import type { Provider } from "../hosts/provider.ts";
import { InvalidInputError, parseStrictly } from "../parse-strictly.ts";
import { isoTime, webhookPayload } from "./asset.ts";
import {
  type KaedimControl,
  type KaedimPatch,
  type KaedimRequestReport,
  type KaedimState,
  type kaedimOptionsSchema,
  kaedimPatchSchema,
} from "./control.ts";
import { createJwts } from "./jwt.ts";
import { createKaedimRequests, type Iteration, type KaedimRequest, statusOf, visibleIterations } from "./requests.ts";
import { answerResultFiles, createResultLinks } from "./result-files.ts";
import { answerKaedim } from "./routes.ts";
import { type KaedimSettings, kaedimDefaults } from "./settings.ts";
import { createWebhooks, type WebhookSigning } from "./webhooks.ts";

export interface Kaedim extends Provider {
  control: KaedimControl;
  state(): KaedimState;
  /** Checks what the schema cannot, and gives the function that applies the patch. */
  preparePatch(patch: z.output<typeof kaedimPatchSchema>): () => void;
}

const longestTimerMs = 2 ** 31 - 1;

export function createKaedim(given: {
  clock: Clock;
  origins: Origins;
  /** Signs JWTs and links. */
  secret: string;
  settings: z.output<typeof kaedimOptionsSchema>;
}): Kaedim {
  const { clock, origins, secret } = given;
  const settings: KaedimSettings = structuredClone({ ...kaedimDefaults, ...definedOnly(given.settings) });
  const jwts = createJwts({ clock, secret });
  const requests = createKaedimRequests();
  const links = createResultLinks({ clock, secret, origin: () => origins.kaedimFiles });
  const webhooks = createWebhooks({ clock, settings: () => settings });
  const hook: { destination: string | null } = { destination: null };
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const tell = (request: KaedimRequest, iteration: Iteration, signing?: WebhookSigning) => {
    const nowMs = clock.now();
    if (hook.destination === null)
      throw new InvalidInputError("No webhook is registered at the Kaedim of the sandbox.");
    return webhooks.send({
      requestID: request.requestID,
      iterationID: iteration.iterationID,
      status: statusOf(iteration, nowMs) ?? "new",
      destination: hook.destination,
      payload: webhookPayload(request, iteration, { settings, links, nowMs, linkLifeMs: settings.linkLifeMs }),
      signing,
    });
  };

  /** Sends what became due, and comes back when the next status changes. */
  const settle = () => {
    if (isClosed) return;
    clearTimeout(timer);
    const nowMs = clock.now();
    for (const request of requests.all().reverse()) {
      for (const iteration of visibleIterations(request, nowMs)) {
        const status = statusOf(iteration, nowMs);
        if (status === iteration.announced) continue;
        iteration.announced = status;
        if (hook.destination !== null && settings.sendsWebhooks && settings.webhookStatuses.includes(status ?? ""))
          void tell(request, iteration);
      }
    }
    const nextMs = requests.nextChangeMs(nowMs);
    if (nextMs !== undefined) timer = setTimeout(settle, Math.min(nextMs - nowMs, longestTimerMs)).unref();
  };
  clock.onMove(settle);

  const report = (request: KaedimRequest): KaedimRequestReport => {
    const newest = visibleIterations(request, clock.now()).at(-1);
    return structuredClone({
      requestID: request.requestID,
      createdAt: isoTime(request.createdAtMs),
      status: (newest === undefined ? undefined : statusOf(newest, clock.now())) ?? null,
      cost: request.cost,
      order: request.order,
    });
  };

  const preparePatch: Kaedim["preparePatch"] = ({
    hook: destination,
    expireJwt,
    requests: changes = [],
    ...changed
  }) => {
    for (const { requestID } of changes) requests.get(requestID);
    return () => {
      Object.assign(settings, structuredClone(definedOnly(changed)));
      if (destination !== undefined) hook.destination = destination;
      if (expireJwt === true) jwts.expire();
      for (const { requestID, status, dismissedReason } of changes) {
        if (status === undefined) requests.finish(requestID, clock.now());
        else requests.setStatus({ requestID, status, dismissedReason, nowMs: clock.now() });
      }
      settle();
    };
  };
  const change = (wanted: KaedimPatch) =>
    preparePatch(parseStrictly(kaedimPatchSchema, wanted, "Kaedim", Object.keys(kaedimPatchSchema.shape)))();

  const control: KaedimControl = {
    credentials: () => {
      const { devId, apiKey, refreshToken, secret: webhookSecret, studioId } = settings;
      return { devId, apiKey, refreshToken, secret: webhookSecret, studioId };
    },
    configure: change,
    credits: () => settings.credits,
    setCredits: (credits) => change({ credits }),
    issueJwt: () => jwts.issue({ devId: settings.devId, lifeMs: settings.jwtLifeMs }),
    expireJwt: () => jwts.expire(),
    requests: () => requests.all().map(report),
    addRequest({
      createdAt,
      loq = "standard",
      imageUrls = ["https://example.com/image.png"],
      test = false,
      outcome,
    } = {}) {
      const { requestID } = requests.add({
        order: {
          loq,
          imageUrls,
          images: [],
          test,
          polycount: null,
          height: 200,
          width: null,
          depth: null,
          projectID: null,
          studioID: null,
        },
        cost: 0,
        createdAtMs: createdAt === undefined ? clock.now() : Date.parse(createdAt),
        startAfterMs: settings.startAfterMs,
        durationMs: settings.durationMs,
        outcome: outcome ?? settings.outcome,
        dismissedReason: settings.dismissedReason,
      });
      settle();
      return requestID;
    },
    finishRequest: (requestID) => change({ requests: [{ requestID }] }),
    setStatus: (requestID, status, dismissedReason) => change({ requests: [{ requestID, status, dismissedReason }] }),
    addIteration(requestID, editDescription) {
      const { durationMs, outcome } = settings;
      requests.addIteration({
        requestID,
        editDescription: editDescription ?? null,
        nowMs: clock.now(),
        durationMs,
        outcome,
      });
      settle();
    },
    hook: () => hook.destination,
    setHook: (destination) => change({ hook: destination }),
    webhooks: () => webhooks.deliveries(),
    lastWebhook: () => webhooks.deliveries().at(-1),
    async sendWebhook(requestID, signing) {
      const request = requests.get(requestID);
      const iteration = visibleIterations(request, clock.now()).at(-1);
      if (iteration === undefined) throw new InvalidInputError(`The Kaedim request ${requestID} has no iteration yet.`);
      return tell(request, iteration, signing);
    },
    webhooksSettled() {
      settle();
      return webhooks.settled();
    },
  };

  return {
    answers: {
      kaedim: (exchange) =>
        answerKaedim(exchange, { clock, settings, jwts, requests, links, hook, requestsChanged: settle }),
      kaedimFiles: (exchange) => answerResultFiles(exchange, { requests, links }),
    },
    secrets: () => [
      { name: "the Kaedim API key", value: settings.apiKey, hosts: ["kaedim"] },
      { name: "the Kaedim refresh token", value: settings.refreshToken, hosts: ["kaedim"] },
      { name: "the Kaedim secret", value: settings.secret, hosts: [] },
      ...jwts.all().map((value) => ({ name: "a Kaedim JWT", value, hosts: ["kaedim"] as const })),
    ],
    state: () => ({
      settings: structuredClone(settings),
      credits: settings.credits,
      hook: hook.destination,
      jwtExpiresAt: expiryText(jwts.expiresAtMs()),
      requests: control.requests(),
      webhooks: webhooks.deliveries(),
    }),
    preparePatch,
    control,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await webhooks.close();
    },
  };
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function expiryText(atMs: number | undefined): string | null {
  return atMs === undefined ? null : isoTime(atMs);
}
