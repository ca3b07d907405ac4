import { List, Text, Title } from "@mantine/core";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import { productWords } from "./product-words.ts";

/** Why the product is in the library, or why not. */
export function Reasons({ id }: { id: string }) {
  const say = useWords(productWords);
  const { data: why } = useOperation("why", { id });
  if (why === undefined || why.reasons.length === 0) return null;
  const [only, ...more] = why.reasons;
  return (
    <section>
      <Title order={2} size="h5" mb={4}>
        {say("why")}
      </Title>
      {more.length === 0 ? (
        <Text size="sm">{only?.message}</Text>
      ) : (
        <List size="sm">
          {why.reasons.map(({ code, message }) => (
            <List.Item key={`${code} ${message}`}>{message}</List.Item>
          ))}
        </List>
      )}
    </section>
  );
}
