import type { AcquisitionQueue } from "./acquisition-queue.ts";

/** How much of one kind of work there is right now. */
export interface QueueCounts {
  readonly waiting: number;
  readonly underWay: number;
}

/** A queue that can be looked at. What it does is the queue's own. */
export interface WatchedQueue {
  readonly queue: AcquisitionQueue;
  transfers(): QueueCounts;
  installs(): QueueCounts;
}

/** `onInstallEnded` hears how long each install took, from when it was begun, and whether it succeeded. Must not throw. */
export function watchQueue(
  queue: AcquisitionQueue,
  { onInstallEnded }: { onInstallEnded: (ended: { ms: number; succeeded: boolean }) => void },
): WatchedQueue {
  const transfers = createCount();
  const installs = createCount();
  return {
    transfers: transfers.read,
    installs: installs.read,
    queue: {
      ...queue,
      transfer: (work, options) => transfers.follow(work, (counted) => queue.transfer(counted, options)),
      install: (work, options) =>
        installs.follow(
          async () => {
            const beganMs = performance.now();
            let succeeded = false;
            try {
              const done = await work();
              succeeded = true;
              return done;
            } finally {
              onInstallEnded({ ms: performance.now() - beganMs, succeeded });
            }
          },
          (counted) => queue.install(counted, options),
        ),
    },
  };
}

function createCount() {
  let [waiting, underWay] = [0, 0];
  return {
    read: (): QueueCounts => ({ waiting, underWay }),
    /** Counts work as waiting from when it is given to the queue until that begins it, or lets go of it. */
    async follow<T>(work: () => Promise<T>, enqueue: (counted: () => Promise<T>) => Promise<T>): Promise<T> {
      let hasBegun = false;
      waiting += 1;
      const counted = async () => {
        hasBegun = true;
        waiting -= 1;
        underWay += 1;
        try {
          return await work();
        } finally {
          underWay -= 1;
        }
      };
      try {
        return await enqueue(counted);
      } finally {
        if (!hasBegun) waiting -= 1;
      }
    },
  };
}
