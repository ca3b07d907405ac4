import { otherRoutes } from "@org/sync-daemon/contract/operations";
import { type PageSessionAnswer, pageSessionSchema } from "@org/sync-daemon/contract/page";

/** The code of `#code=…`, taken out of the address at once: it must not stay in the history or be copied along. */
export function takeCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code === null) return null;
  history.replaceState(history.state, "", location.pathname + location.search);
  return code;
}

/** An address with a code that is opened where this page is already loads nothing by itself. */
export function reloadForNewCode(): void {
  addEventListener("hashchange", () => {
    if (new URLSearchParams(location.hash.slice(1)).has("code")) location.reload();
  });
}

/** Gives the code for a session. Null where the code was used already or is too old. Throws where nobody answers. */
export async function exchangeCode(code: string): Promise<PageSessionAnswer | null> {
  const { method, path } = otherRoutes.pageSession;
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`The exchange of the code answered ${response.status}.`);
  return pageSessionSchema.parse(await response.json());
}
