import { activityRoutes } from "./activity.ts";
import { daemonRoutes } from "./daemon.ts";
import { downloadRoutes } from "./downloads.ts";
import { ledgerRoutes } from "./ledger.ts";
import { libraryRoutes } from "./library.ts";
import { planRoutes } from "./plan.ts";
import { productRoutes } from "./products.ts";
import type { AnswerOf, RequestOf } from "./route.ts";
import { settingsRoutes } from "./settings.ts";

/** Every operation of the API. The routes, the OpenAPI document and the command line's client are made from this table. */
export const operationRoutes = {
  ...daemonRoutes,
  ...productRoutes,
  ...downloadRoutes,
  ...planRoutes,
  ...ledgerRoutes,
  ...libraryRoutes,
  ...settingsRoutes,
  ...activityRoutes,
} as const;

export type OperationName = keyof typeof operationRoutes;

/** Whoever asks. */
export interface Caller {
  /** Aborts when the caller has gone away, for work that is of use to nobody else. */
  readonly signal: AbortSignal;
}

/** What the daemon can do, for the API's routes to call. Each throws `Failure` and nothing else. */
export type Operations = {
  [Name in OperationName]: (
    request: RequestOf<(typeof operationRoutes)[Name]>,
    caller?: Caller,
  ) => Promise<AnswerOf<(typeof operationRoutes)[Name]>>;
};

/** What is asked otherwise than by an operation. */
export const otherRoutes = {
  health: { method: "GET", path: "/healthz" },
  metrics: { method: "GET", path: "/metrics" },
  openApi: { method: "GET", path: "/api/v1/openapi.json" },
  events: { method: "GET", path: "/api/v1/events" },
  /** See `picturePath`. */
  picture: { method: "GET", path: "/pictures/:id/:index/:size" },
  pageCode: { method: "POST", path: "/api/v1/page-code" },
  pageLanding: { method: "POST", path: "/page-landing" },
  pageSession: { method: "POST", path: "/page-session" },
} as const;
