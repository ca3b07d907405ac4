import type { Route } from "@org/sync-daemon/contract/route";

export type GivenRequest = Readonly<Record<string, unknown>>;

/** The keys of a request that the schema names. */
function pick(request: GivenRequest, schema: Route["query"]): GivenRequest {
  return Object.fromEntries(Object.entries(request).filter(([key]) => schema !== undefined && key in schema.shape));
}

/** Path with query. Several values of one key stand one after another; what is undefined is left out. */
export function formatPath(route: Pick<Route, "path" | "query">, request: GivenRequest): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(pick(request, route.query))) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(key, String(one));
  }
  const path = route.path.replace(":id", encodeURIComponent(String(request.id ?? "")));
  return query.size === 0 ? path : `${path}?${query}`;
}

export function formatBody(route: Pick<Route, "body">, request: GivenRequest): string {
  return JSON.stringify(pick(request, route.body));
}
