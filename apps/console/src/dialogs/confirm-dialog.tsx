import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { stateWords } from "../states/state-words.ts";
import { useWords } from "../words/language-context.tsx";

interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What happens, and what it costs. */
  readonly children: ReactNode;
  /** On the button, as what it does. */
  readonly action: string;
  readonly isDangerous?: boolean;
  confirm(): void;
  close(): void;
}

/** Asks before something that cannot be had back. The way out is the first choice of the keyboard. */
export function ConfirmDialog({ isOpen, title, children, action, isDangerous, confirm, close }: ConfirmDialogProps) {
  const say = useWords(stateWords);
  return (
    <Modal opened={isOpen} onClose={close} title={title} centered closeButtonProps={{ "aria-label": say("close") }}>
      <Stack gap="lg">
        <Text component="div">{children}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {say("cancel")}
          </Button>
          <Button
            color={isDangerous ? "red.9" : undefined}
            onClick={() => {
              close();
              confirm();
            }}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
