import type { DownloadsAnswer } from "@org/sync-daemon/contract/downloads";
import { useQueryClient } from "@tanstack/react-query";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useRequestProducts } from "./use-request-products.ts";

export const endedShown = 50;
/** The key of the list's query; what an action answers is shown at once. */
export const downloadsRequest = { ended: endedShown };

/** What a person can do about one download. Each shows its own failure. */
export function useDownloadActions() {
  const queries = useQueryClient();
  const tellFailure = useTellFailure();
  const hold = useAction("hold");
  const resume = useAction("resumeDownload");
  const cancel = useAction("cancel");
  const move = useAction("moveDownload");
  const openFolder = useAction("openFolder");
  const { request, isPending: isRequesting } = useRequestProducts();

  const show = (answer: DownloadsAnswer) => {
    queries.setQueryData(["downloads", downloadsRequest], answer);
    void queries.invalidateQueries({ queryKey: ["downloads"] });
  };
  const options = { onSuccess: show, onError: tellFailure };
  return {
    isBusy: hold.isPending || resume.isPending || cancel.isPending || isRequesting,
    hold: (id: number) => hold.mutate({ id: String(id) }, options),
    resume: (id: number) => resume.mutate({ id: String(id) }, options),
    cancel: (id: number) => cancel.mutate({ id: String(id) }, options),
    move: (id: number, to: "first" | "earlier" | "later" | "last", moved: (answer: DownloadsAnswer) => void) =>
      move.mutate(
        { id: String(id), to },
        {
          onError: tellFailure,
          onSuccess: (answer) => {
            show(answer);
            moved(answer);
          },
        },
      ),
    openFolder: (productId: number) => openFolder.mutate({ id: String(productId) }, { onError: tellFailure }),
    request,
  };
}
export type DownloadActions = ReturnType<typeof useDownloadActions>;
