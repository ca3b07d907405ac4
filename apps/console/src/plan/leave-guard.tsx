import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useWords } from "../words/language-context.tsx";
import { planWords } from "./plan-words.ts";

/** Asks before changes that are not applied are lost: on links of this page, and when the page is closed or loaded anew. */
export function LeaveGuard({ isGuarding }: { isGuarding: boolean }) {
  const say = useWords(planWords);
  const [, navigate] = useLocation();
  const [to, setTo] = useState<string | null>(null);

  useEffect(() => {
    if (!isGuarding) return;
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    const click = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
      if (!(link instanceof HTMLAnchorElement) || !isPlain || link.origin !== location.origin || link.hash !== "")
        return;
      if (link.pathname === location.pathname) return;
      event.preventDefault();
      event.stopPropagation();
      setTo(link.pathname + link.search);
    };
    addEventListener("beforeunload", unload);
    // Before the router sees it.
    document.addEventListener("click", click, { capture: true });
    return () => {
      removeEventListener("beforeunload", unload);
      document.removeEventListener("click", click, { capture: true });
    };
  }, [isGuarding]);

  return (
    <ConfirmDialog
      isOpen={to !== null}
      isDangerous
      title={say("leaveTitle")}
      action={say("leaveDo")}
      confirm={() => navigate(to ?? "/")}
      close={() => setTo(null)}
    >
      {say("leave")}
    </ConfirmDialog>
  );
}
