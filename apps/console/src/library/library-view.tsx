import { ViewPage } from "../frame/view-page.tsx";

export function LibraryView() {
  return <ViewPage name="library">…</ViewPage>;
}
