import { ApiError } from "@org/http-core";

/**
 * Runs `work` at most once at a time: who asks while it is under way shares its outcome. Each waits with a signal of
 * their own; the work itself is aborted only when nobody waits for it any more.
 */
export function createSharedWork<T>(name: string, work: (signal: AbortSignal) => Promise<T>) {
  let current: { promise: Promise<T>; controller: AbortController; waiting: number } | undefined;

  function start() {
    const controller = new AbortController();
    const flight = { promise: work(controller.signal), controller, waiting: 0 };
    const done = () => {
      if (current === flight) current = undefined;
    };
    flight.promise.then(done, done);
    current = flight;
    return flight;
  }

  return async (signal?: AbortSignal): Promise<T> => {
    if (signal?.aborted) throw aborted(name, signal.reason);
    const flight = current ?? start();
    flight.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = () => signal?.removeEventListener("abort", onAbort);
      function onAbort() {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          // Whoever comes next must not be given the outcome of an aborted one.
          if (current === flight) current = undefined;
          flight.controller.abort(signal?.reason);
        }
        leave();
        reject(aborted(name, signal?.reason));
      }
      signal?.addEventListener("abort", onAbort, { once: true });
      flight.promise.then(resolve, reject).finally(leave);
    });
  };
}

function aborted(operation: string, cause: unknown): ApiError {
  return new ApiError({
    kind: "aborted",
    code: "aborted",
    message: `${operation} was aborted.`,
    request: { operation, method: "", url: "" },
    cause,
  });
}
