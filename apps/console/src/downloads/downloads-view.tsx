import { ViewPage } from "../frame/view-page.tsx";

export function DownloadsView() {
  return <ViewPage name="downloads">…</ViewPage>;
}
