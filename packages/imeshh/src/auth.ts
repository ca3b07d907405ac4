import { ApiError, type HttpClient } from "@org/http-core";
import { z } from "zod";
import { displayText } from "./display-text.ts";
import { notSentError, readProblem, refusalOf } from "./imeshh-error.ts";
import { textOrNull } from "./php-json.ts";
import type { ImeshhCredentials, Session } from "./session.ts";
import { createSharedWork } from "./shared-work.ts";

/** What a sign-in told. The token itself stays inside; a `tokenStore` gets to see it. */
export interface SignIn {
  readonly email: string | null;
  readonly displayName: string | null;
  /** Milliseconds since 1970 by the shop's clock; `null` where the token does not say. Seven days by default. */
  readonly expiresAtMs: number | null;
}

/** What the shop says about the token in use. */
export interface TokenCheck {
  readonly isValid: boolean;
  /** `jwt_auth_valid_token`, or why not. */
  readonly code: string;
  readonly message: string;
  readonly expiresAtMs: number | null;
}

export interface Auth {
  /** Asks the shop for a token, whatever was known before. */
  login(options?: { signal?: AbortSignal | undefined }): Promise<SignIn>;
  /** Asks whether the token in use still holds. Never signs in. */
  validateToken(options?: { signal?: AbortSignal | undefined }): Promise<TokenCheck>;
  /**
   * Sees to a token that is good for some minutes, then runs `send`. If the shop refuses the token all the same,
   * signs in once and runs `send` once more; such a refusal comes before anything is done or counted.
   */
  withSignIn<T>(send: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
}

const loginOperation = "iMeshh login";

const tokenFields = z.object({
  token: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/),
  user_email: z.unknown().optional(),
  email: z.unknown().optional(),
  user_display_name: z.unknown().optional(),
  displayName: z.unknown().optional(),
});
// The plugin's own shape, and that of its nearest relative, which nests it (providers/imeshh.md §3).
const loginAnswer = z.union([tokenFields, z.object({ data: tokenFields }).transform(({ data }) => data)]);

const validateAnswer = z.looseObject({ code: z.string().default("") });

/** Signs in with `credentials` and keeps the outcome in `session`. */
export function createAuth(parts: {
  shop: HttpClient;
  session: Session;
  credentials: ImeshhCredentials | undefined;
  loginBody: "json" | "form";
}): Auth {
  const { shop, session, credentials, loginBody } = parts;
  // Set by a refused login, and by a fresh token that is refused: a second try would only bring the account nearer to
  // being locked. Only an explicit login() that succeeds clears it.
  let stopped: ApiError | undefined;

  const sharedLogin = createSharedWork<SignIn>(loginOperation);

  async function requestToken(signal: AbortSignal): Promise<SignIn> {
    if (credentials === undefined || !("password" in credentials)) {
      throw notSentError({
        code: "sign-in-missing",
        message: "Signing in to the shop needs user name and password, and the settings hold none.",
        operation: loginOperation,
      });
    }
    const { username, password } = credentials;
    try {
      const { data, raw } = await shop.requestJson({
        name: loginOperation,
        method: "POST",
        path: "/wp-json/jwt-auth/v1/token",
        ...(loginBody === "json" ? { json: { username, password } } : { form: { username, password } }),
        // A repeated login counts as another attempt with the plugins that lock accounts.
        repeat: "once",
        schema: z.unknown(),
        signal,
        refusal: refusalOf("login", "the sign-in"),
      });
      const parsed = loginAnswer.safeParse(data);
      if (!parsed.success) throw tokenlessAnswer(data, raw);
      const said = parsed.data;
      await session.keep(said.token);
      stopped = undefined;
      return {
        email: textOrNull(said.user_email) ?? textOrNull(said.email),
        displayName: displayNameOf(said),
        expiresAtMs: session.expiresAtMs(),
      };
    } catch (error) {
      if (ApiError.isInstance(error) && error.code === "sign-in-failed") {
        stopped = error;
        await session.forget();
      }
      throw error;
    }
  }

  /** An answer without a token will come again for the same input, so it stops as a refusal does. */
  function tokenlessAnswer(json: unknown, text: string) {
    const { code, message } = readProblem({ status: 200, headers: {}, text, json });
    return new ApiError({
      kind: "unexpected-shape",
      code: "sign-in-failed",
      message: `The shop answered the sign-in without a token${message === "" ? "" : `: “${message}”`}${code === "" ? "" : ` (${code})`}.`,
      request: { operation: loginOperation, method: "POST", url: `${shop.origin}/wp-json/jwt-auth/v1/token` },
      secrets: session.secrets(),
    });
  }

  async function signInByItself(signal: AbortSignal | undefined) {
    if (stopped !== undefined) {
      throw notSentError({
        code: "sign-in-failed",
        message: `${stopped.message} It is not tried again by itself; call login() once it is mended.`,
        operation: loginOperation,
      });
    }
    await sharedLogin("", requestToken, signal);
  }

  return {
    async login({ signal } = {}) {
      return sharedLogin("", requestToken, signal);
    },

    async validateToken({ signal } = {}) {
      await session.load();
      if (!session.hasToken())
        return { isValid: false, code: "sign-in-missing", message: "There is no token yet.", expiresAtMs: null };
      const expiresAtMs = session.expiresAtMs();
      try {
        const { data } = await shop.requestJson({
          name: "iMeshh validateToken",
          method: "POST",
          path: "/wp-json/jwt-auth/v1/token/validate",
          // It only reads.
          repeat: "repeatable",
          credentials: true,
          schema: validateAnswer,
          signal,
          refusal: refusalOf("account", "the token"),
        });
        return { isValid: true, code: data.code, message: "The shop accepts the token.", expiresAtMs };
      } catch (error) {
        if (!ApiError.isInstance(error) || !/^sign-in-/.test(error.code)) throw error;
        return { isValid: false, code: error.code, message: error.message, expiresAtMs };
      }
    },

    async withSignIn(send, signal) {
      await session.load();
      if (!session.isReady()) await signInByItself(signal);
      const refusedGeneration = session.generation();
      try {
        return await send();
      } catch (error) {
        if (!isExpired(error)) throw error;
        // Somebody else may have signed in meanwhile; then their token is as good as one of our own.
        if (session.generation() === refusedGeneration) {
          if (credentials !== undefined && "token" in credentials) throw error;
          await signInByItself(signal);
        }
      }
      try {
        return await send();
      } catch (error) {
        if (isExpired(error)) stopped ??= error;
        throw error;
      }
    },
  };
}

function isExpired(error: unknown): error is ApiError {
  return ApiError.isInstance(error) && error.kind === "refusal" && error.code === "sign-in-expired" && !error.neverSent;
}

function displayNameOf(said: { user_display_name?: unknown; displayName?: unknown }): string | null {
  const name = textOrNull(said.user_display_name) ?? textOrNull(said.displayName);
  return name === null ? null : displayText(name);
}
