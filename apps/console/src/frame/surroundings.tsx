import { AppShell, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense } from "react";
import { Link, useLocation } from "wouter";
import { PauseMenu } from "../status/pause-menu.tsx";
import { StatusLine } from "../status/status-line.tsx";
import { SyncButton } from "../status/sync-button.tsx";
import { useWords } from "../words/language-context.tsx";
import { AppearanceMenu } from "./appearance-menu.tsx";
import { CurrentView } from "./current-view.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import classes from "./frame.module.css";
import { frameWords } from "./frame-words.ts";
import { KeyboardHelp } from "./keyboard-help.tsx";
import { Navigation } from "./navigation.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** What stands around every view. */
export function Surroundings() {
  const say = useWords(frameWords);
  const [location] = useLocation();
  const [areKeysShown, { open: showKeys, close: hideKeys }] = useDisclosure(false);
  useShortcuts(showKeys);
  return (
    <AppShell
      layout="alt"
      header={{ height: 56 }}
      navbar={{ width: 188, breakpoint: "sm", collapsed: { mobile: true } }}
      footer={{ height: { base: 60, sm: 0 } }}
      transitionDuration={0}
    >
      <a className="skip-link" href="#content">
        {say("skip")}
      </a>
      <AppShell.Header className={classes.header}>
        <Group className={classes.grow} wrap="nowrap">
          <StatusLine />
        </Group>
        <SyncButton />
        <PauseMenu />
        <AppearanceMenu showKeys={showKeys} />
      </AppShell.Header>
      <AppShell.Navbar>
        <Link href="/" className={classes.brand}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>asset-sync</span>
        </Link>
        <Navigation place="side" />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <ErrorBoundary resetKey={location}>
          <Suspense fallback={null}>
            <CurrentView />
          </Suspense>
        </ErrorBoundary>
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm">
        <Navigation place="bottom" />
      </AppShell.Footer>
      <KeyboardHelp isOpen={areKeysShown} close={hideKeys} />
    </AppShell>
  );
}
