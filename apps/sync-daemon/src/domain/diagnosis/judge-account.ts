import { type FailureCode, failureRules } from "../failure.ts";
import { type Finding, foundFailed, foundNotTried, foundOk, foundWarning } from "./finding.ts";

/** What is known of the password, and what the shop said to it. */
export interface AccountFacts {
  readonly username: string | null;
  /** `none`: no password is stored. `unreadable`: it is, and cannot be had; `reason` says why. */
  readonly password: "environment" | "keychain" | "file" | "none" | "unreadable";
  readonly reason: string | null;
  /** What the shop said to this very account and password before; null where it did not refuse. */
  readonly rememberedRefusal: string | null;
  /** Could the shop's address be reached? */
  readonly isReached: boolean;
  /** Of the one sign-in; null where it was not tried. */
  readonly signIn:
    | { readonly done: true }
    | { readonly done: false; readonly code: FailureCode; readonly message: string }
    | null;
}

const initAgain = "Run `asset-sync init --password-only`.";

/** At most one sign-in was tried: a wrong password that is sent again and again locks accounts. */
export function judgeAccount(facts: AccountFacts): Finding {
  const check = { check: "account.sign-in", tried: "Sign in to the shop, once" };
  const { signIn } = facts;
  if (facts.username === null)
    return foundNotTried(check, "No account is set up, so only what needs none is kept current.");
  if (facts.password === "none") return foundFailed(check, "No password is stored.", initAgain);
  if (facts.password === "unreadable")
    return foundFailed(check, facts.reason ?? "The password cannot be read.", initAgain);
  if (facts.rememberedRefusal !== null)
    return foundFailed(
      check,
      `Not tried: the shop refused this account before (${withoutDot(facts.rememberedRefusal)}), and says no again to the same.`,
      `Correct \`imeshh.username\` or the password. ${initAgain}`,
    );
  if (signIn === null)
    return foundNotTried(check, facts.isReached ? "It was not asked." : "The shop's address was not reached.");
  if (signIn.done) return foundOk(check, "The shop accepts the account.");
  return foundFailed(check, asSentence(signIn.message), failureRules[signIn.code].advice);
}

/** `usable`: the keychain answered. It matters to those whose password lies there, and to those who have none yet. */
export function judgeKeychain(facts: {
  password: AccountFacts["password"];
  reply: { readonly usable: true } | { readonly usable: false; readonly reason: string };
}): Finding {
  const { password, reply } = facts;
  const check = { check: "account.keychain", tried: "Ask the system's keychain, 5 s at most" };
  if (reply.usable)
    return foundOk(
      check,
      password === "file"
        ? "It can be used. The password lies in a file; `asset-sync init --password-only` moves it into the keychain."
        : "It can be used.",
    );
  const found = `It cannot be used: ${withoutDot(reply.reason)}.`;
  if (password === "file" || password === "environment")
    return foundOk(check, `${found} It is not needed: the password comes from ${place(password)}.`);
  const mend =
    "Unlock it, or keep the password in a file that only you can read: `asset-sync init --password-only --no-keychain`.";
  return password === "unreadable" || password === "keychain"
    ? foundFailed(check, found, mend)
    : foundWarning(check, found, mend);
}

function place(password: "file" | "environment"): string {
  return password === "file" ? "a file that only you can read" : "ASSET_SYNC_IMESHH_PASSWORD";
}

/** One product's downloads, from the ledger. */
export interface ProductDownloads {
  readonly productId: number;
  readonly title: string | null;
  readonly left: number;
  readonly inDoubt: number;
}

/** Is anything used up, or asked for without an answer? Looks at our own ledger only. */
export function judgeQuota(facts: { products: readonly ProductDownloads[]; damagedLines: number } | null): Finding {
  const check = { check: "ledger.downloads", tried: "Read the ledger of downloads" };
  if (facts === null) return foundNotTried(check, "It could not be read.");
  const { products, damagedLines } = facts;
  const usedUp = products.filter(({ left }) => left === 0);
  const inDoubt = products.filter((product) => product.inDoubt > 0);
  const found = [
    ...(usedUp.length === 0 ? [] : [`No download is left of ${listProducts(usedUp)}.`]),
    ...(inDoubt.length === 0
      ? []
      : [`Asked for without an answer, and so counted as spent: ${listProducts(inDoubt)}.`]),
    ...(damagedLines === 0 ? [] : [`${damagedLines} of its lines cannot be read; the database beside it has them.`]),
  ];
  if (found.length > 0)
    return foundWarning(
      check,
      found.join(" "),
      "`asset-sync quota` lists them all. If the shop counts otherwise, `asset-sync support` writes the evidence for its support.",
    );
  return foundOk(
    check,
    products.length === 0
      ? "Nothing was spent so far."
      : `${products.length === 1 ? "1 product was" : `${products.length} products were`} downloaded; each has downloads left, none is in doubt.`,
  );
}

function listProducts(products: readonly ProductDownloads[]): string {
  const shown = products
    .slice(0, 5)
    .map(({ productId, title }) => (title === null ? `${productId}` : `${title} (${productId})`));
  const more = products.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function withoutDot(text: string): string {
  return text.replace(/\.$/, "");
}

function asSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
