import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconFileTypeCsv, IconFolderShare, IconTransferIn } from "@tabler/icons-react";
import { useDownloadTable } from "../states/use-download-table.ts";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

/** What is done with the whole library, rarely. */
export function LibraryMenu({ move, adopt }: { move: () => void; adopt: () => void }) {
  const say = useWords(libraryWords);
  const bill = useDownloadTable("assetsCsv", "assets.csv");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={say("more")} loading={bill.isPending}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconTransferIn size={16} aria-hidden />} onClick={adopt}>
          {say("adopt")}
        </Menu.Item>
        <Menu.Item leftSection={<IconFolderShare size={16} aria-hidden />} onClick={move}>
          {say("move")}
        </Menu.Item>
        <Menu.Item leftSection={<IconFileTypeCsv size={16} aria-hidden />} onClick={bill.download}>
          {say("bill")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
