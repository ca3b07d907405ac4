import { useEffect, useState } from "react";
import type { SessionStore } from "./session-store.ts";
import { exchangeCode } from "./take-code.ts";

export type CodeExchange = "none" | "under-way" | "done" | "refused" | "unanswered";

// A code works once, and React's strict mode runs effects twice: each code is given once per page.
const exchanges = new WeakMap<SessionStore, Promise<CodeExchange>>();

async function exchange(code: string, sessions: SessionStore): Promise<CodeExchange> {
  try {
    const session = await exchangeCode(code);
    if (session === null) return "refused";
    sessions.set(session);
    return "done";
  } catch {
    return "unanswered";
  }
}

export function useCodeExchange(code: string | null, sessions: SessionStore): CodeExchange {
  const [state, change] = useState<CodeExchange>(code === null ? "none" : "under-way");
  useEffect(() => {
    if (code === null) return;
    const running = exchanges.get(sessions) ?? exchange(code, sessions);
    exchanges.set(sessions, running);
    void running.then(change);
  }, [code, sessions]);
  return state;
}
