import { Stack } from "@mantine/core";
import { useState } from "react";
import { useOperation } from "../api/use-operation.ts";
import { ViewPage } from "../frame/view-page.tsx";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { isMoving } from "./download-groups.ts";
import { DownloadLists } from "./download-lists.tsx";
import { PauseAll } from "./pause-all.tsx";
import { PauseNotice } from "./pause-notice.tsx";
import { TransferSummary } from "./transfer-summary.tsx";
import { downloadsRequest } from "./use-download-actions.ts";

/** The figures of all transfers together come with the answer only, so it is asked for again while something moves. */
const refetchEveryMs = 2_000;

export function DownloadsView() {
  const [isAnyMoving, setAnyMoving] = useState(false);
  const downloads = useOperation("downloads", downloadsRequest, isAnyMoving ? { refetchEveryMs } : {});
  const isMovingNow = downloads.data?.downloads.some(isMoving) ?? false;
  if (isMovingNow !== isAnyMoving) setAnyMoving(isMovingNow);

  return (
    <ViewPage name="downloads" aside={<PauseAll />}>
      <Stack gap="lg">
        <PauseNotice />
        <TransferSummary answer={downloads.data} />
        {downloads.data !== undefined ? (
          <DownloadLists downloads={downloads.data.downloads} />
        ) : downloads.error === null ? (
          <RowSkeletons height={92} count={4} />
        ) : (
          <CallFailed error={downloads.error} again={() => void downloads.refetch()} />
        )}
      </Stack>
    </ViewPage>
  );
}
