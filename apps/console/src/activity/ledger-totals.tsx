import { Text } from "@mantine/core";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import { activityWords } from "./activity-words.ts";

/** All spends together, by our count. A product's zips share one quota, so each product is counted once. */
export function LedgerTotals() {
  const say = useWords(activityWords);
  const products = useOperation("quota", {}).data?.products;
  const byProduct = new Map(products?.map((one) => [one.productId, one]));
  const spent = [...byProduct.values()].filter((one) => one.spent > 0 || one.inDoubt > 0);
  const sum = (pick: (one: (typeof spent)[number]) => number) => spent.reduce((total, one) => total + pick(one), 0);
  const inDoubt = sum((one) => one.inDoubt);
  return (
    <Text fw={600} mih={24} role="status">
      {products === undefined
        ? ""
        : [
            `${say("total", { count: sum((one) => one.spent) })} ${say("ofProducts", { count: spent.length })}`,
            ...(inDoubt === 0 ? [] : [say("inDoubtTotal", { count: inDoubt })]),
          ].join(" · ")}
    </Text>
  );
}
