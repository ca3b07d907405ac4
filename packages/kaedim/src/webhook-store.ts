/**
 * Remembers which webhooks were taken. Receivers that run as several processes must share one, for instance a table with
 * the id as its key.
 */
export interface WebhookStore {
  /** Takes the id; `false` where it was taken before. Must be atomic. */
  claim(id: string): Promise<boolean>;
  /** Gives the id back: what it stood for was not confirmed, and may be delivered again. */
  release(id: string): Promise<void>;
}

/** Makes a store in memory that forgets the oldest beyond `maxIds` (default 10,000; some megabytes at most). */
export function createMemoryWebhookStore(options: { maxIds?: number } = {}): WebhookStore {
  const { maxIds = 10_000 } = options;
  const taken = new Set<string>();
  return {
    async claim(id) {
      if (taken.has(id)) return false;
      taken.add(id);
      if (taken.size > maxIds) {
        for (const oldest of taken) {
          taken.delete(oldest);
          break;
        }
      }
      return true;
    },
    async release(id) {
      taken.delete(id);
    },
  };
}
