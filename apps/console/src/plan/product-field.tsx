import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import { planWords } from "./plan-words.ts";

interface ProductFieldProps {
  readonly productId: number | undefined;
  change(productId: number | undefined): void;
}

const suggestions = 10;

/** A single product, found by its name or given by its number. */
export function ProductField({ productId, change }: ProductFieldProps) {
  const say = useWords(planWords);
  const [text, setText] = useState(productId === undefined ? "" : String(productId));
  const [asked] = useDebouncedValue(text, 200);
  const isNumber = /^\d+$/.test(asked.trim());
  const found = useOperation(
    "search",
    { text: asked, limit: suggestions },
    { enabled: asked.trim() !== "" && !isNumber, keepPrevious: true },
  ).data?.products;
  const options = (found ?? []).map((product) => ({
    value: String(product.productId),
    label: `${product.title} (${product.productId})`,
  }));

  return (
    <Autocomplete
      label={say("product")}
      description={say("productHow")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={text}
      data={isNumber ? [] : options}
      // The daemon has searched already, by more than the names shown.
      filter={({ options: given }) => given}
      onChange={(value) => {
        setText(value);
        const number = Number(/\((\d+)\)$|^(\d+)$/.exec(value.trim())?.slice(1).find(Boolean));
        change(Number.isSafeInteger(number) && number > 0 ? number : undefined);
      }}
    />
  );
}
