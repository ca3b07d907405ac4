import { Skeleton, Stack } from "@mantine/core";
import { useWords } from "../words/language-context.tsx";
import { stateWords } from "./state-words.ts";

/** Keeps the room of rows that are on their way. `height` in pixels, as the rows will have it. */
export function RowSkeletons({ height, count }: { height: number; count: number }) {
  const say = useWords(stateWords);
  return (
    <Stack gap="xs" role="status" aria-label={say("loading")}>
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} height={height} radius="md" />
      ))}
    </Stack>
  );
}
