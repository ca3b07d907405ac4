import { Stack, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useWords } from "../words/language-context.tsx";
import { frameWords } from "./frame-words.ts";
import type { View } from "./views.ts";

interface ViewPageProps {
  readonly name: View["name"];
  /** In pixels, at most; the page stands in the middle of what is wider. */
  readonly width?: number;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A view with its heading and, at its end, what belongs to the whole view. Sets the window's title. */
export function ViewPage({ name, width = 1400, aside, children }: ViewPageProps) {
  const title = useWords(frameWords)(name);
  useEffect(() => {
    document.title = `${title} · asset-sync`;
  }, [title]);
  return (
    <Stack p={{ base: "sm", sm: "lg" }} gap="md" maw={width} mx="auto">
      <div style={{ display: "flex", alignItems: "center", gap: 12, flexWrap: "wrap", minHeight: 36 }}>
        <Title order={1} size="h2" flex={1}>
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </Stack>
  );
}
