import { ActionIcon, Collapse, Group, Paper, Text, Tooltip } from "@mantine/core";
import type { WantedRuleText } from "@org/sync-daemon/contract/plan";
import { IconCheck, IconChevronDown, IconChevronUp, IconPencil, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { libraryWords } from "../library/library-words.ts";
import { useWords } from "../words/language-context.tsx";
import { describeRule } from "./describe-rule.ts";
import { planWords } from "./plan-words.ts";
import { isComplete } from "./rule-draft.ts";
import { RuleFields } from "./rule-fields.tsx";

interface RuleCardProps {
  readonly rule: WantedRuleText;
  readonly number: number;
  readonly isLast: boolean;
  readonly isFixed: boolean;
  readonly isOpen: boolean;
  /** Products that no earlier rule selects; undefined while it is not known. */
  readonly selected: number | undefined;
  readonly defaultPolicy: string;
  toggle(): void;
  change(rule: WantedRuleText): void;
  remove(): void;
  move(by: -1 | 1): void;
}

/** One rule as a sentence, with its fields below when it is edited. */
export function RuleCard(props: RuleCardProps) {
  const { rule, number, isLast, isFixed, isOpen, selected, defaultPolicy, toggle, change, remove, move } = props;
  const say = useWords(planWords);
  const sayType = useWords(libraryWords);
  const counted = number === 1 ? "selects" : "selectsMore";
  return (
    <Paper component="li" withBorder px="md" py="sm">
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Text size="xs" c="dimmed">
            {say("number", { number })}
          </Text>
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {isComplete(rule) ? describeRule(rule, say, sayType) : "—"}
          </Text>
          <Text size="sm" c="dimmed" mih={21} role="status">
            {!isComplete(rule)
              ? say("selectsNothing")
              : selected === undefined
                ? ""
                : say(counted, { count: selected })}
          </Text>
        </div>
        {!isFixed && (
          <Group gap={0} wrap="nowrap">
            <RuleButton label={say("earlier", { number })} isDisabled={number === 1} act={() => move(-1)}>
              <IconChevronUp size={18} aria-hidden />
            </RuleButton>
            <RuleButton label={say("later", { number })} isDisabled={isLast} act={() => move(1)}>
              <IconChevronDown size={18} aria-hidden />
            </RuleButton>
            <RuleButton label={isOpen ? say("done") : say("edit", { number })} isExpanded={isOpen} act={toggle}>
              {isOpen ? <IconCheck size={18} aria-hidden /> : <IconPencil size={18} aria-hidden />}
            </RuleButton>
            <RuleButton label={say("remove", { number })} act={remove}>
              <IconTrash size={18} aria-hidden />
            </RuleButton>
          </Group>
        )}
      </Group>
      <Collapse expanded={isOpen}>
        {isOpen && <RuleFields rule={rule} change={change} defaultPolicy={defaultPolicy} />}
      </Collapse>
    </Paper>
  );
}

function RuleButton(props: {
  label: string;
  isDisabled?: boolean;
  isExpanded?: boolean;
  act: () => void;
  children: ReactNode;
}) {
  const { label, isDisabled = false, isExpanded, act, children } = props;
  return (
    <Tooltip label={label} openDelay={500}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-expanded={isExpanded}
        aria-disabled={isDisabled}
        opacity={isDisabled ? 0.4 : undefined}
        onClick={() => !isDisabled && act()}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
