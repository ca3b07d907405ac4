import { Stack, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useWords } from "../words/language-context.tsx";
import { frameWords } from "./frame-words.ts";
import type { View } from "./views.ts";

/** A view with its heading and, at its end, what belongs to the whole view. Sets the window's title. */
export function ViewPage({ name, aside, children }: { name: View["name"]; aside?: ReactNode; children: ReactNode }) {
  const title = useWords(frameWords)(name);
  useEffect(() => {
    document.title = `${title} · asset-sync`;
  }, [title]);
  return (
    <Stack p={{ base: "sm", sm: "lg" }} gap="md" maw={1400}>
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
