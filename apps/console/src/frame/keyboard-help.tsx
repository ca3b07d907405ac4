import { Kbd, Modal, Table } from "@mantine/core";
import { useWords } from "../words/language-context.tsx";
import { frameWords } from "./frame-words.ts";
import { views } from "./views.ts";

/** The list of keys. */
export function KeyboardHelp({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const say = useWords(frameWords);
  const keys: readonly (readonly [string, readonly string[]])[] = [
    [say("keySearch"), ["/"]],
    ...views.map(({ name, letter }) => [say("keyGo", { view: say(name) }), ["g", letter]] as const),
    [say("keyMove"), ["←", "↑", "↓", "→"]],
    [say("keyOpen"), ["Enter"]],
    [say("keyBack"), ["Esc"]],
    [say("keyHelp"), ["?"]],
  ];
  return (
    <Modal opened={isOpen} onClose={close} title={say("keyboard")} closeButtonProps={{ "aria-label": say("close") }}>
      <Table>
        <Table.Tbody>
          {keys.map(([what, pressed]) => (
            <Table.Tr key={what}>
              <Table.Td>{what}</Table.Td>
              <Table.Td ta="end">
                {pressed.map((key) => (
                  <Kbd key={key} ms={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
