import { Button, Checkbox, Fieldset, Text } from "@mantine/core";
import { useState } from "react";
import { useFormats, useWords } from "../words/language-context.tsx";
import { catalogWords } from "./catalog-words.ts";
import classes from "./facets.module.css";

export interface FacetChoice {
  readonly value: string;
  readonly label: string;
  /** How many products it would leave. */
  readonly count: number;
}

/** So many of a facet's values are shown at first. Policy figure. */
const shownFirst = 7;

interface FacetListProps {
  readonly title: string;
  readonly choices: readonly FacetChoice[];
  readonly chosen: readonly string[];
  toggle(value: string): void;
}

/** The values of one facet; what is chosen is always shown, also where nothing is left of it. */
export function FacetList({ title, choices, chosen, toggle }: FacetListProps) {
  const say = useWords(catalogWords);
  const [isWhole, showWhole] = useState(false);
  const missing = chosen
    .filter((value) => !choices.some((choice) => choice.value === value))
    .map((value) => ({ value, label: value, count: 0 }));
  const all = [...choices, ...missing];
  if (all.length === 0) return null;
  const shown = isWhole ? all : all.filter(({ value }, at) => at < shownFirst || chosen.includes(value));
  return (
    <Fieldset legend={title} variant="unstyled" className={classes.facet}>
      {shown.map(({ value, label, count }) => (
        <FacetCheckbox
          key={value}
          label={label}
          count={count}
          isChosen={chosen.includes(value)}
          toggle={() => toggle(value)}
        />
      ))}
      {all.length > shownFirst && (
        <Button size="compact-xs" variant="transparent" px={0} onClick={() => showWhole(!isWhole)}>
          {isWhole ? say("fewer") : say("more", { count: all.length - shown.length })}
        </Button>
      )}
    </Fieldset>
  );
}

export function FacetCheckbox(props: { label: string; count: number; isChosen: boolean; toggle: () => void }) {
  const { label, count, isChosen, toggle } = props;
  const { number } = useFormats();
  return (
    <Checkbox
      size="xs"
      checked={isChosen}
      onChange={toggle}
      className={classes.choice}
      data-none={count === 0 || undefined}
      label={
        <>
          <span className={classes.label}>{label}</span>
          <Text span size="xs" className={classes.count}>
            {number(count)}
          </Text>
        </>
      }
    />
  );
}
