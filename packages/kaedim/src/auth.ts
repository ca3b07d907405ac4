import { ApiError, createSingleFlight, type HttpClient } from "@org/http-core";
import { z } from "zod";
import { isRecord } from "./json-values.ts";
import { notSentError, readProblem, refusalOf, throwErrorInside, withoutSecrets } from "./kaedim-error.ts";
import type { AuthorizationForm, Session } from "./session.ts";

/** What a refresh told. The JWT itself stays inside; a `tokenStore` gets to see it. */
export interface JwtRefresh {
  readonly message: string;
  /** Milliseconds since 1970 by Kaedim's clock; `null` where the JWT does not say. The document says 12 hours. */
  readonly expiresAtMs: number | null;
}

export interface Auth {
  /** Asks for a new JWT, whatever was known before. **Ends every older JWT of this devID**, in other programs too. */
  refreshJwt(options?: { signal?: AbortSignal | undefined }): Promise<JwtRefresh>;
  /**
   * Sees to a JWT that is good for some minutes, then runs `send` with its Authorization header. After a refusal of the
   * JWT (which comes before anything is done or counted) it takes, in this order and each at most once: the JWT that
   * another process has put into the store, the other form of the header, a refresh.
   */
  withSignIn<T>(send: (headers: { authorization: string }) => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
}

const refreshOperation = "Kaedim refreshJwt";

/** Three JWTs in both forms. More would mean that somebody else keeps refreshing against us. */
const maxAttempts = 6;

const jwtText = z
  .string()
  .trim()
  .transform((text) => text.replace(/^Bearer\s+/i, ""))
  .pipe(z.string().regex(/^[\x21-\x7e]+$/));

/** Reads the JWT of an answer; `undefined` where there is none. */
export function readJwt(data: unknown): string | undefined {
  return isRecord(data) ? jwtText.safeParse(data.jwt).data : undefined;
}

/** Keeps `session` supplied with a JWT that Kaedim accepts. */
export function createAuth(parts: { api: HttpClient; session: Session; devId: string }): Auth {
  const { api, session, devId } = parts;
  const request = { operation: refreshOperation, method: "POST", url: `${api.origin}/refreshJWT` };
  const oneAtATime = createSingleFlight<JwtRefresh>();
  // Set by a refused refresh, and by a fresh JWT that is refused. Only a refresh of the caller's, or a JWT that another
  // process brings, clears it: asking again by ourselves would only be refused again.
  let stopped: ApiError | undefined;

  /** Takes no signal: a refresh that is given up half-way has ended the old JWT and lost the new one. */
  async function requestJwt(): Promise<JwtRefresh> {
    const facts = { asked: "refresh", subject: "the refresh of the JWT", request, secrets: session.secrets() } as const;
    try {
      const { data, status } = await api.requestJson({
        name: refreshOperation,
        method: "POST",
        path: "/refreshJWT",
        headers: { "refresh-token": session.refreshToken() },
        json: { devID: devId },
        // A second one only replaces what the first has made.
        repeat: "repeatable",
        schema: z.unknown(),
        refusal: refusalOf("refresh", facts.subject),
      });
      throwErrorInside({ data, status }, facts);
      const jwt = readJwt(data);
      if (jwt === undefined) {
        throw new ApiError({
          kind: "unexpected-shape",
          code: "sign-in-failed",
          message: "Kaedim answered the refresh without a JWT.",
          status,
          request,
          secrets: facts.secrets,
        });
      }
      await session.keep(jwt);
      stopped = undefined;
      return { message: readProblem({ text: "", json: data }).message, expiresAtMs: session.expiresAtMs() };
    } catch (thrown) {
      const error = withoutSecrets(thrown, session.secrets());
      if (ApiError.isInstance(error) && error.code === "sign-in-failed") stopped = error;
      throw error;
    }
  }

  /** Gets a JWT other than `refused`: from the store if another process was faster, else from Kaedim. */
  async function obtainJwt(refused: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const work = async () => {
      await session.reload();
      if (session.isReady() && session.token() !== refused) {
        stopped = undefined;
        return { message: "", expiresAtMs: session.expiresAtMs() };
      }
      if (stopped !== undefined) {
        throw notSentError({
          code: "sign-in-failed",
          message: `${stopped.message} It is not tried again by itself; call refreshJwt() once it is mended.`,
          operation: refreshOperation,
        });
      }
      return requestJwt();
    };
    await waitFor(
      oneAtATime("", () => session.exclusively(work)),
      signal,
    );
  }

  return {
    async refreshJwt({ signal } = {}) {
      if (signal?.aborted) throw abortedWait(signal, { neverSent: true });
      await session.load();
      return waitFor(
        oneAtATime("", () => session.exclusively(requestJwt)),
        signal,
      );
    },

    async withSignIn(send, signal) {
      // Nobody would be there for the JWT, and getting it ends the one of others.
      if (signal?.aborted) throw abortedWait(signal, { neverSent: true });
      await session.load();
      if (!session.isReady()) await obtainJwt(session.token(), signal);
      const refused = new Set<string>();
      let hasRefreshed = false;
      let otherForm: AuthorizationForm | undefined;
      for (;;) {
        const token = session.token();
        if (token === undefined) throw missingJwt();
        const form = otherForm ?? session.form();
        try {
          const answer = await send({ authorization: form === "bearer" ? `Bearer ${token}` : token });
          session.rememberForm(form);
          return answer;
        } catch (thrown) {
          const error = withoutSecrets(thrown, session.secrets());
          if (!isExpired(error)) throw error;
          refused.add(`${form} ${token}`);
          if (refused.size >= maxAttempts) throw error;
          const untried = form === "bearer" ? "raw" : "bearer";
          otherForm = undefined;
          if (session.token() === token) await session.reload();
          if (session.token() !== token) continue;
          if (!session.isFormKnown() && !refused.has(`${untried} ${token}`)) {
            otherForm = untried;
            continue;
          }
          if (hasRefreshed) {
            stopped ??= error;
            throw error;
          }
          hasRefreshed = true;
          await obtainJwt(token, signal);
        }
      }
    },
  };
}

function isExpired(error: unknown): error is ApiError {
  return ApiError.isInstance(error) && error.kind === "refusal" && error.code === "sign-in-expired" && !error.neverSent;
}

function missingJwt(): ApiError {
  return notSentError({ code: "sign-in-missing", message: "There is no JWT.", operation: refreshOperation });
}

/** The outcome of shared work, or the end of this caller's patience; the work itself goes on for the others. */
async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(abortedWait(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function abortedWait(signal: AbortSignal, facts: { neverSent?: boolean } = {}): ApiError {
  return new ApiError({
    kind: "aborted",
    code: "aborted",
    message: `${refreshOperation} was not waited for to its end.`,
    cause: signal.reason,
    request: { operation: refreshOperation, method: "", url: "" },
    ...facts,
  });
}
