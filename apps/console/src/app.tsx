import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { Connected } from "./connection/connected.tsx";
import { Frame } from "./frame/frame.tsx";
import type { SessionStore } from "./session/session-store.ts";
import { SignIn } from "./session/sign-in.tsx";
import { useCodeExchange } from "./session/use-code-exchange.ts";

/** Signs in with `code` where there is one; then the views, or a page that says how to sign in. */
export function App({ code, sessions }: { code: string | null; sessions: SessionStore }) {
  const session = useSyncExternalStore(sessions.subscribe, sessions.get);
  const exchange = useCodeExchange(code, sessions);
  const [wasSignedIn, remember] = useState(false);
  useEffect(() => {
    if (session !== null) remember(true);
  }, [session]);
  const key = session?.key;
  const signedOut = useCallback(() => {
    if (key !== undefined) sessions.forget(key);
  }, [sessions, key]);

  if (exchange === "under-way") return null;
  // A session that was there already is as good as a new one.
  if (session === null) return <SignIn reason={wasSignedIn ? "ended" : exchange} />;
  return (
    <Connected key={session.key} session={session} signedOut={signedOut}>
      <Frame />
    </Connected>
  );
}
