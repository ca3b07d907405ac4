import { type PageSessionAnswer, pageSessionSchema } from "@org/sync-daemon/contract/page";
import { z } from "zod";

/**
 * Where the page's key lies. In localStorage, so that a reload, a second tab and a link opened from elsewhere work
 * while the session lives. That is no weaker than sessionStorage against what `api/page-sign-in.ts` defends from:
 * both belong to one origin with its port, so no other server of this host reads them, and a script that found its
 * way into the page reads either. The key opens nothing without the cookie, which no script sees, and both mean
 * nothing once the daemon ends or twelve hours went by without use.
 */
const storageKey = "asset-sync-session";

export interface SessionStore {
  get(): PageSessionAnswer | null;
  set(session: PageSessionAnswer): void;
  /** Forgets `key`, unless another tab has signed in anew since. */
  forget(key: string): void;
  subscribe(changed: () => void): () => void;
}

export function createSessionStore(storage: Storage = localStorage): SessionStore {
  const receivers = new Set<() => void>();
  let text = storage.getItem(storageKey);
  let session = parse(text);
  const reread = () => {
    const now = storage.getItem(storageKey);
    if (now === text) return;
    text = now;
    session = parse(now);
    for (const receive of receivers) receive();
  };
  return {
    get: () => session,
    set(next) {
      storage.setItem(storageKey, JSON.stringify(next));
      reread();
    },
    forget(key) {
      reread();
      if (session?.key !== key) return;
      storage.removeItem(storageKey);
      reread();
    },
    subscribe(changed) {
      receivers.add(changed);
      addEventListener("storage", reread);
      return () => {
        receivers.delete(changed);
        removeEventListener("storage", reread);
      };
    },
  };
}

function parse(text: string | null): PageSessionAnswer | null {
  if (text === null) return null;
  try {
    return z.nullable(pageSessionSchema).parse(JSON.parse(text));
  } catch {
    // Written by an older page: signing in again is one command.
    return null;
  }
}
