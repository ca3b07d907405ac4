import { Button, Group, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconShieldCheck } from "@tabler/icons-react";
import { useOperation } from "../api/use-operation.ts";
import { ViewPage } from "../frame/view-page.tsx";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { useWords } from "../words/language-context.tsx";
import { AdoptDialog } from "./adopt-dialog.tsx";
import { AssetBrowser } from "./asset-browser.tsx";
import { CheckResult } from "./check-result.tsx";
import { LibraryFolders } from "./library-folders.tsx";
import { LibraryMenu } from "./library-menu.tsx";
import { libraryWords } from "./library-words.ts";
import { MoveDialog } from "./move-dialog.tsx";
import { MoveProgress } from "./move-progress.tsx";
import { UnusableLibraries } from "./unusable-libraries.tsx";
import { useChecks } from "./use-checks.ts";

export function LibraryView() {
  const say = useWords(libraryWords);
  const [isMoving, { open: openMove, close: closeMove }] = useDisclosure(false);
  const [isAdopting, { open: openAdopt, close: closeAdopt }] = useDisclosure(false);
  const library = useOperation("library", {});
  const checks = useChecks();

  return (
    <ViewPage
      name="library"
      aside={
        <Group gap="xs" wrap="nowrap">
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={18} aria-hidden />}
            loading={checks.isChecking}
            onClick={() => checks.verify([])}
          >
            {say("verifyAll")}
          </Button>
          <LibraryMenu move={openMove} adopt={openAdopt} />
        </Group>
      }
    >
      <Stack gap="lg">
        {library.data !== undefined ? (
          <>
            <UnusableLibraries libraries={library.data.libraries} lookAgain={() => void library.refetch()} />
            {library.data.move !== null && <MoveProgress move={library.data.move} />}
            <LibraryFolders library={library.data} />
          </>
        ) : library.error === null ? (
          <RowSkeletons height={150} count={1} />
        ) : (
          <CallFailed error={library.error} again={() => void library.refetch()} />
        )}
        <CheckResult checks={checks} />
        <AssetBrowser
          updatesWaiting={library.data?.updatesWaiting}
          withdrawn={library.data?.withdrawn}
          checks={checks}
          adopt={openAdopt}
        />
      </Stack>
      {isMoving && <MoveDialog root={library.data?.root ?? ""} close={closeMove} />}
      {isAdopting && <AdoptDialog close={closeAdopt} />}
    </ViewPage>
  );
}
