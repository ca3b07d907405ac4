import { useMutation } from "@tanstack/react-query";
import { useApi } from "../api/api-context.tsx";
import type { CallError } from "../api/call-error.ts";
import { useTellFailure } from "./use-tell-failure.ts";

/** Saves a table of the daemon as a file of this browser. It is fetched, since a plain link cannot carry the page's key. */
export function useDownloadTable(name: "assetsCsv" | "ledgerCsv", fileName: string) {
  const api = useApi();
  const onError = useTellFailure();
  const saving = useMutation<void, CallError>({
    mutationFn: async () => saveFile(await api.call(name, {}), fileName),
    onError,
    retry: false,
  });
  return { isPending: saving.isPending, download: () => saving.mutate() };
}

function saveFile(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
