import { ApiError } from "@org/http-core";

/** Joins the work of that key, or begins it. `signal` ends this caller's wait. */
type SharedWork<T> = (key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal) => Promise<T>;

/**
 * Runs the work of a key at most once at a time: who asks while it is under way shares its outcome. Each waits with a
 * signal of their own. The work is aborted only when nobody waits for it any more; the last one to leave gets its
 * outcome, for only the work itself knows how far it had come.
 */
export function createSharedWork<T>(operation: string): SharedWork<T> {
  interface Flight {
    readonly promise: Promise<T>;
    readonly controller: AbortController;
    waiting: number;
  }
  const flights = new Map<string, Flight>();

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight {
    const controller = new AbortController();
    const flight: Flight = { promise: work(controller.signal), controller, waiting: 0 };
    const land = () => forget(key, flight);
    flight.promise.then(land, land);
    flights.set(key, flight);
    return flight;
  }

  function forget(key: string, flight: Flight) {
    if (flights.get(key) === flight) flights.delete(key);
  }

  return async (key, work, signal) => {
    if (signal?.aborted) throw aborted(operation, signal.reason, { neverSent: true });
    const flight = flights.get(key) ?? start(key, work);
    flight.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = () => signal?.removeEventListener("abort", onAbort);
      function onAbort() {
        flight.waiting -= 1;
        if (flight.waiting > 0) return reject(aborted(operation, signal?.reason));
        // Whoever comes next must not be given the outcome of an aborted one.
        forget(key, flight);
        flight.controller.abort(signal?.reason);
      }
      signal?.addEventListener("abort", onAbort, { once: true });
      flight.promise.then(resolve, reject).finally(leave);
    });
  };
}

function aborted(operation: string, cause: unknown, facts: { neverSent?: boolean } = {}): ApiError {
  return new ApiError({
    kind: "aborted",
    code: "aborted",
    message: `${operation} was aborted.`,
    request: { operation, method: "", url: "" },
    cause,
    ...facts,
  });
}
