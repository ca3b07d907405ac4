import { escapeMarkup, jsonReply, type Reply } from "../http/reply.ts";
import type { Account } from "../shop/accounts.ts";
import type { Tokens } from "../shop/tokens.ts";
import type { Exchange } from "./exchange.ts";
import { wordpressError } from "./wordpress.ts";

export const tokenRoute = "/wp-json/jwt-auth/v1/token";
export const validateRoute = "/wp-json/jwt-auth/v1/token/validate";

export type TokenState = { kind: "anonymous" } | { kind: "account"; account: Account } | { kind: "bad"; reply: Reply };

/** Who is asking, by the Bearer token. Another scheme counts as nobody, as in the plugin. */
export function tokenState(exchange: Exchange, tokens: Tokens): TokenState {
  const header = exchange.headers.authorization;
  if (header === undefined || !header.startsWith("Bearer")) return { kind: "anonymous" };
  const token = bearerToken(header);
  if (token === undefined)
    return { kind: "bad", reply: wordpressError(403, "jwt_auth_bad_auth_header", "Authorization header malformed.") };
  const result = tokens.check(token);
  if ("problem" in result)
    return { kind: "bad", reply: wordpressError(403, result.problem.code, result.problem.message) };
  return { kind: "account", account: result.account };
}

export function validateToken(exchange: Exchange, tokens: Tokens): Reply {
  const header = exchange.headers.authorization;
  if (header === undefined) return wordpressError(403, "jwt_auth_no_auth_header", "Authorization header not found.");
  const state = bearerToken(header) === undefined ? undefined : tokenState(exchange, tokens);
  if (state === undefined || state.kind === "anonymous") {
    return wordpressError(403, "jwt_auth_bad_auth_header", "Authorization header malformed.");
  }
  if (state.kind === "bad") return state.reply;
  exchange.entry.account = state.account.username;
  return jsonReply(200, { code: "jwt_auth_valid_token", data: { status: 200 } });
}

/** Signing in with a JSON or a form body. The errors' codes begin with `[jwt_auth] ` and their messages are HTML. */
export function signIn(exchange: Exchange, parts: { accounts: readonly Account[]; tokens: Tokens }): Reply {
  const fields = bodyFields(exchange);
  if (fields === undefined) return wordpressError(400, "rest_invalid_json", "Invalid JSON body passed.");
  const { username, password } = fields;
  const refuse = (code: string, message: string) => wordpressError(403, `[jwt_auth] ${code}`, message);
  if (username === "") return refuse("empty_username", "<strong>Error:</strong> The username field is empty.");
  if (password === "") return refuse("empty_password", "<strong>Error:</strong> The password field is empty.");
  const account = parts.accounts.find(
    (candidate) => candidate.username === username || candidate.nicename === username,
  );
  const shown = escapeMarkup(username);
  if (account === undefined && username.includes("@")) {
    return refuse("invalid_email", "<strong>Error:</strong> Unknown email address. Check again or try your username.");
  }
  if (account === undefined) {
    return refuse(
      "invalid_username",
      `<strong>Error:</strong> The username <strong>${shown}</strong> is not registered on this site. If you are unsure of your username, try your email address instead.`,
    );
  }
  exchange.entry.account = account.username;
  if (account.password !== password) {
    const kind = username.includes("@") ? "email address" : "username";
    return refuse(
      "incorrect_password",
      `<strong>Error:</strong> The password you entered for the ${kind} <strong>${shown}</strong> is incorrect. <a href="https://shop.imeshh.com/my-account/lost-password/">Lost your password?</a>`,
    );
  }
  return jsonReply(200, {
    token: parts.tokens.issue(account),
    user_email: account.username,
    user_nicename: account.nicename,
    user_display_name: account.displayName,
  });
}

function bearerToken(header: string): string | undefined {
  return /^Bearer\s+(\S+)\s*$/.exec(header)?.[1];
}

/** Name and password from the body, empty where missing; undefined where a JSON body cannot be read. */
function bodyFields(exchange: Exchange): { username: string; password: string } | undefined {
  const contentType = exchange.headers["content-type"] ?? "";
  const text = exchange.body.toString("utf8");
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    const form = new URLSearchParams(text);
    return { username: form.get("username") ?? "", password: form.get("password") ?? "" };
  }
  if (!contentType.startsWith("application/json") || text === "") return { username: "", password: "" };
  try {
    const value = JSON.parse(text) as { username?: unknown; password?: unknown } | null;
    return { username: String(value?.username ?? ""), password: String(value?.password ?? "") };
  } catch {
    return undefined;
  }
}
