import { ApiError, type HttpClient, type Query } from "@org/http-core";
import { z } from "zod";
import type { Auth } from "./auth.ts";
import { refusalOf, throwErrorInside } from "./kaedim-error.ts";
import type { Session } from "./session.ts";

/** What the calls of an account need. */
export interface AccountParts {
  readonly api: HttpClient;
  readonly auth: Auth;
  readonly session: Session;
  readonly devId: string;
  readonly studioId: string | undefined;
}

/** A list of years of work; ten thousand requests take some 10 MB. */
const maxListBytes = 512_000_000;

/** One GET of the account, repeated on trouble: it only reads and costs nothing. */
export async function readAccount<T>(
  parts: AccountParts,
  call: {
    operation: string;
    path: string;
    query?: Query;
    /** Ends "Kaedim refused …". */
    subject: string;
    read: (data: unknown) => T | undefined;
    /** Ends "Kaedim's answer holds …". */
    wanted: string;
    signal: AbortSignal | undefined;
  },
): Promise<{ value: T; raw: string }> {
  const { api, auth, session, devId } = parts;
  const { operation, path, subject, signal } = call;
  const request = { operation, method: "GET", url: api.origin + path };
  return auth.withSignIn(async (headers) => {
    const { data, status, raw } = await api.requestJson({
      name: operation,
      method: "GET",
      path,
      query: { devID: devId, ...call.query },
      headers,
      repeat: "repeatable",
      schema: z.unknown(),
      maxBytes: maxListBytes,
      signal,
      refusal: refusalOf("read", subject),
    });
    throwErrorInside({ data, status }, { asked: "read", subject, request, secrets: session.secrets() });
    const value = call.read(data);
    if (value !== undefined) return { value, raw };
    throw new ApiError({
      kind: "unexpected-shape",
      code: "answer-unexpected-shape",
      message: `Kaedim's answer holds no ${call.wanted}.`,
      status,
      request,
      secrets: session.secrets(),
    });
  }, signal);
}
