import { Fieldset, Group, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useFormats, useWords } from "../words/language-context.tsx";
import { catalogWords } from "./catalog-words.ts";
import classes from "./facets.module.css";

interface RangeProps {
  readonly bounds: { readonly min: number; readonly max: number } | null;
  readonly min: number | undefined;
  readonly max: number | undefined;
  change(range: { minPolygons: number | undefined; maxPolygons: number | undefined }): void;
}

/** From how many polygons to how many. Counts when the field is left or Enter is pressed, not with every digit. */
export function PolygonRange({ bounds, min, max, change }: RangeProps) {
  const say = useWords(catalogWords);
  const { number } = useFormats();
  return (
    <Fieldset legend={say("polygonRange")} variant="unstyled" className={classes.facet}>
      <Group gap="xs" wrap="nowrap">
        <CountField
          key={`min ${min}`}
          label={say("from")}
          hint={bounds === null ? "" : number(bounds.min)}
          value={min}
          change={(value) => change({ minPolygons: value, maxPolygons: max })}
        />
        <CountField
          key={`max ${max}`}
          label={say("to")}
          hint={bounds === null ? "" : number(bounds.max)}
          value={max}
          change={(value) => change({ minPolygons: min, maxPolygons: value })}
        />
      </Group>
    </Fieldset>
  );
}

interface CountFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: number | undefined;
  change(value: number | undefined): void;
}

function CountField({ label, hint, value, change }: CountFieldProps) {
  const [typed, type] = useState<number | string>(value ?? "");
  const take = () => {
    const next = typed === "" ? undefined : Number(typed);
    if (next !== value) change(next);
  };
  return (
    <NumberInput
      size="xs"
      label={label}
      placeholder={hint}
      value={typed}
      onChange={type}
      onBlur={take}
      onKeyDown={(event) => event.key === "Enter" && take()}
      min={0}
      max={999_999_999}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      inputMode="numeric"
    />
  );
}
