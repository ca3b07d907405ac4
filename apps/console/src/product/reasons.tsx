import { List, Text, Title } from "@mantine/core";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import { productWords } from "./product-words.ts";
import { reasonWords } from "./reason-words.ts";

/** Why the product is in the library, or why not. */
export function Reasons({ id }: { id: string }) {
  const say = useWords(productWords);
  const sayReason = useWords(reasonWords);
  const { data: why } = useOperation("why", { id });
  if (why === undefined || why.reasons.length === 0) return null;
  // The daemon's own sentences are for the command line too; where this page has other means it says it in its own.
  const reasons = why.reasons.map(({ code, message }) => ({
    code,
    message: code in reasonWords ? sayReason(code as keyof typeof reasonWords & string) : message,
  }));
  const [only, ...more] = reasons;
  return (
    <section>
      <Title order={2} size="h5" mb={4}>
        {say("why")}
      </Title>
      {more.length === 0 ? (
        <Text size="sm">{only?.message}</Text>
      ) : (
        <List size="sm">
          {reasons.map(({ code, message }) => (
            <List.Item key={`${code} ${message}`}>{message}</List.Item>
          ))}
        </List>
      )}
    </section>
  );
}
