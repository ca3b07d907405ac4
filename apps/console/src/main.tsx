import "./strict-zod.ts";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/global.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { ErrorBoundary } from "./frame/error-boundary.tsx";
import { createSessionStore } from "./session/session-store.ts";
import { reloadForNewCode, takeCode } from "./session/take-code.ts";
import { theme } from "./theme/theme.ts";
import { LanguageProvider } from "./words/language-context.tsx";

// First of all: the code leaves the address before anything else can look at it.
const code = takeCode();
reloadForNewCode();
const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// What keeps the page still below an open window makes a style element of its own, and looks here for the number.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
      <LanguageProvider>
        <ErrorBoundary>
          <Notifications position="bottom-right" limit={4} />
          <App code={code} sessions={createSessionStore()} />
        </ErrorBoundary>
      </LanguageProvider>
    </MantineProvider>
  </StrictMode>,
);
