import { type HttpClient, isLoopbackHost } from "@org/http-core";
import { z } from "zod";
import { readJwt } from "./auth.ts";
import { isRecord, textOrNull } from "./json-values.ts";
import { notSentError, readProblem, refusalOf, throwErrorInside, withoutSecrets } from "./kaedim-error.ts";
import type { Session } from "./session.ts";

/** What Kaedim answered to the registration of a webhook. */
export interface HookRegistration {
  readonly message: string;
  /** The message says that one was registered before. */
  readonly wasRegistered: boolean;
  /** A JWT came along; this client uses it from now on. */
  readonly hasJwt: boolean;
  /**
   * The new refresh token, where one came along; this client uses it from now on, and nobody else will see it again:
   * put it where `refreshToken` comes from. A function, so that printing this object does not print it.
   */
  readRefreshToken(): string | null;
}

const operation = "Kaedim registerHook";

/**
 * Registers `destination` as the webhook of this devID. **It probably replaces the one that was registered before**, so
 * nothing here ever calls it by itself. Sent once; repeated only if it never left this machine.
 */
export async function registerHook(
  parts: { api: HttpClient; session: Session; devId: string },
  options: { destination: string; signal?: AbortSignal | undefined },
): Promise<HookRegistration> {
  const { api, session, devId } = parts;
  const destination = checkDestination(options.destination);
  const subject = "the registration of the webhook";
  const { data, status } = await api
    .requestJson({
      name: operation,
      method: "POST",
      path: "/registerHook",
      json: { devID: devId, destination },
      repeat: "once",
      schema: z.unknown(),
      signal: options.signal,
      refusal: refusalOf("hook", subject),
    })
    .catch((error: unknown) => {
      throw withoutSecrets(error, session.secrets());
    });
  const request = { operation, method: "POST", url: `${api.origin}/registerHook` };
  throwErrorInside({ data, status }, { asked: "hook", subject, request, secrets: session.secrets() });
  const jwt = readJwt(data);
  if (jwt !== undefined) {
    // So that the store's older one does not count as news later.
    await session.load();
    await session.keep(jwt);
  }
  const refreshToken = isRecord(data) ? textOrNull.parse(data.refreshToken) : null;
  if (refreshToken !== null) session.keepRefreshToken(refreshToken);
  const { message } = readProblem({ text: "", json: data });
  return {
    message,
    wasRegistered: /already registered/i.test(message),
    hasJwt: jwt !== undefined,
    readRefreshToken: () => refreshToken,
  };
}

function checkDestination(destination: unknown): string {
  const url = typeof destination === "string" ? URL.parse(destination) : null;
  const isReachable = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopbackHost(url.hostname));
  if (url !== null && isReachable && url.username === "" && url.hash === "") return url.href;
  throw notSentError({
    code: "argument-invalid",
    message: "The destination of a webhook must be an https URL without user name and fragment.",
    operation,
  });
}
