import { Autocomplete, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import { useOperation } from "../api/use-operation.ts";
import { libraryWords } from "../library/library-words.ts";
import { useWords } from "../words/language-context.tsx";
import { planWords } from "./plan-words.ts";
import { ProductField } from "./product-field.tsx";
import { changeRule } from "./rule-draft.ts";

interface RuleFieldsProps {
  readonly rule: WantedRuleText;
  readonly defaultPolicy: string;
  change(rule: WantedRuleText): void;
}

const assetTypes = ["model", "material", "geonode", "fx"] as const;
const policies = ["ask", "auto", "never"] as const;

/** What a rule can say. Choices come from the catalog's facets, narrowed by what is chosen already. */
export function RuleFields({ rule, defaultPolicy, change }: RuleFieldsProps) {
  const say = useWords(planWords);
  const sayType = useWords(libraryWords);
  const facets = useOperation(
    "facets",
    {
      ...(rule.assetType === undefined ? {} : { assetType: rule.assetType }),
      ...(rule.category === undefined ? {} : { category: rule.category }),
    },
    { keepPrevious: true },
  ).data;
  const names = (values: readonly { label: string }[] | undefined) => [
    ...new Set((values ?? []).map(({ label }) => label)),
  ];
  const policy = policies.find((one) => one === defaultPolicy) ?? "ask";

  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" pt="sm">
      <NativeSelect
        label={say("assetType")}
        value={rule.assetType ?? ""}
        onChange={(event) =>
          change(
            changeRule(
              rule,
              "assetType",
              assetTypes.find((type) => type === event.currentTarget.value),
            ),
          )
        }
        data={[{ value: "", label: say("any") }, ...assetTypes.map((type) => ({ value: type, label: sayType(type) }))]}
      />
      <NativeSelect
        label={say("freebie")}
        value={rule.freebie === undefined ? "" : String(rule.freebie)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          change(changeRule(rule, "freebie", value === "" ? undefined : value === "true"));
        }}
        data={[
          { value: "", label: say("any") },
          { value: "true", label: say("freeOnly") },
          { value: "false", label: say("paidOnly") },
        ]}
      />
      <Autocomplete
        label={say("category")}
        value={rule.category ?? ""}
        onChange={(value) => change(changeRule(rule, "category", value))}
        data={names(facets?.category)}
        limit={50}
      />
      <Autocomplete
        label={say("subCategory")}
        value={rule.subCategory ?? ""}
        onChange={(value) => change(changeRule(rule, "subCategory", value))}
        data={names(facets?.subCategory)}
        limit={50}
      />
      <TextInput
        label={say("tag")}
        value={rule.tag ?? ""}
        onChange={(event) => change(changeRule(rule, "tag", event.currentTarget.value))}
      />
      <TextInput
        label={say("search")}
        description={say("searchHow")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={rule.search ?? ""}
        onChange={(event) => change(changeRule(rule, "search", event.currentTarget.value))}
      />
      <ProductField
        productId={rule.productId}
        change={(productId) => change(changeRule(rule, "productId", productId))}
      />
      <TextInput
        label={say("download")}
        description={say("downloadHow")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={rule.download ?? ""}
        onChange={(event) => change(changeRule(rule, "download", event.currentTarget.value))}
      />
      <NativeSelect
        label={say("updates")}
        value={rule.updates ?? ""}
        onChange={(event) =>
          change(
            changeRule(
              rule,
              "updates",
              policies.find((one) => one === event.currentTarget.value),
            ),
          )
        }
        data={[
          { value: "", label: say("updatesDefault", { policy: say(policy) }) },
          ...policies.map((one) => ({ value: one, label: say(one) })),
        ]}
      />
    </SimpleGrid>
  );
}
