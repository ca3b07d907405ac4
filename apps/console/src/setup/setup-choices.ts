import type { AssetTypeName } from "@org/sync-daemon/contract/products";
import type { RequestTo } from "../api/api-client.ts";

/** What a person has chosen so far. */
export interface SetupChoices {
  readonly shop: "imeshh" | "sample-shop";
  readonly username: string;
  readonly password: string;
  readonly libraryRoot: string;
  readonly fetch: "nothing" | "free" | "types";
  readonly types: readonly AssetTypeName[];
}

export const firstChoices: SetupChoices = {
  shop: "imeshh",
  username: "",
  password: "",
  libraryRoot: "",
  fetch: "nothing",
  types: [],
};

export type SetupField = "username" | "password" | "libraryRoot" | "types";

/** What is missing on a step, so that it can be said before anything is asked. */
export function findMissing(choices: SetupChoices, step: 1 | 2): SetupField[] {
  if (step === 1) {
    if (choices.shop === "sample-shop") return [];
    return (["username", "password"] as const).filter((field) => choices[field].trim() === "");
  }
  return [
    ...(choices.libraryRoot.trim() === "" ? (["libraryRoot"] as const) : []),
    ...(choices.fetch === "types" && choices.types.length === 0 ? (["types"] as const) : []),
  ];
}

export function toSetupRequest(choices: SetupChoices): RequestTo<"setUp"> {
  const { shop, username, password, libraryRoot, fetch, types } = choices;
  return {
    shop,
    libraryRoot: libraryRoot.trim(),
    account: shop === "sample-shop" ? null : { username: username.trim(), password },
    wanted: fetch === "free" ? [{ freebie: true }] : fetch === "types" ? types.map((assetType) => ({ assetType })) : [],
  };
}

/** The step on which a failure of the whole can be mended: the account's on the first, the folder's on the second. */
export function stepOfFailure(code: string | null): 1 | 2 {
  const isOfAccount =
    code !== null && /^(sign-in|entitlement|provider|password|account|rate-limited|answer)/.test(code);
  return isOfAccount ? 1 : 2;
}
