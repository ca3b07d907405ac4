import { Alert, Button, Code, Group, List, Loader, Stack, Text } from "@mantine/core";
import type { RepairResult, VerifyResult } from "@org/sync-daemon/contract/library";
import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useWords } from "../words/language-context.tsx";
import classes from "./library.module.css";
import { libraryWords } from "./library-words.ts";
import type { Checks } from "./use-checks.ts";

/** What checking or mending found, in place, with what can be done next. */
export function CheckResult({ checks }: { checks: Checks }) {
  const say = useWords(libraryWords);
  if (checks.isChecking || checks.isRepairing) {
    return (
      <Alert role="status" variant="light" color="gray" icon={<Loader size="xs" />}>
        {say(checks.isChecking ? "checking" : "repairing")}
      </Alert>
    );
  }
  const { outcome } = checks;
  if (outcome === null) return null;
  return outcome.kind === "verified" ? (
    <Verified result={outcome.result} checks={checks} />
  ) : (
    <Repaired result={outcome.result} checks={checks} />
  );
}

function Verified({ result, checks }: { result: VerifyResult; checks: Checks }) {
  const say = useWords(libraryWords);
  const repairable = result.damaged.filter((one) => one.repairable);
  const isWhole = result.damaged.length === 0 && result.problems.length === 0;
  return (
    <Alert
      role="status"
      variant="light"
      color={isWhole ? "green" : "yellow"}
      icon={isWhole ? <IconCircleCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={
        result.damaged.length === 0
          ? say("whole", { count: result.assets })
          : say("damaged", { count: result.damaged.length })
      }
      withCloseButton
      closeButtonLabel={say("dismiss")}
      onClose={checks.forget}
    >
      <Stack gap="sm" align="flex-start">
        {result.problems.map(({ code, message }) => (
          <Text key={`${code} ${message}`} size="sm" className={classes.path}>
            {message}
          </Text>
        ))}
        {result.damaged.length > 0 && (
          <List size="sm" spacing="xs" mah={280} style={{ overflowY: "auto" }}>
            {result.damaged.map((one) => (
              <List.Item key={one.folder}>
                <Text size="sm" fw={600}>
                  {one.title}
                </Text>
                <Text size="sm">
                  {[
                    ...(one.missing.length === 0 ? [] : [say("missingFiles", { count: one.missing.length })]),
                    ...(one.edited.length === 0 ? [] : [say("editedFiles", { count: one.edited.length })]),
                  ].join(" · ")}
                  {!one.repairable && ` · ${say("notRepairable")}`}
                </Text>
                <Group gap={4}>
                  {[...one.missing, ...one.edited].slice(0, 3).map((file) => (
                    <Code key={file}>{file}</Code>
                  ))}
                </Group>
              </List.Item>
            ))}
          </List>
        )}
        {repairable.length > 0 && (
          <Button size="xs" onClick={() => checks.repair(repairable.map(({ productId }) => productId))}>
            {say("repairAll", { count: repairable.length })}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function Repaired({ result, checks }: { result: RepairResult; checks: Checks }) {
  const say = useWords(libraryWords);
  const { repaired, failed } = result;
  const isDone = failed.length === 0;
  return (
    <Alert
      role="status"
      variant="light"
      color={isDone ? "green" : "yellow"}
      icon={isDone ? <IconCircleCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      title={
        failed.length > 0
          ? say("notRepaired", { count: failed.length })
          : repaired.length > 0
            ? say("repaired", { count: repaired.length })
            : say("nothingToRepair")
      }
      withCloseButton
      closeButtonLabel={say("dismiss")}
      onClose={checks.forget}
    >
      <Stack gap={4}>
        {repaired.map(({ productId, message }) => (
          <Text key={productId} size="sm" className={classes.path}>
            {message}
          </Text>
        ))}
        {failed.map(({ productId, message }) => (
          <Text key={productId} size="sm" className={classes.path}>
            {message}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}
