import { ViewPage } from "../frame/view-page.tsx";

export function ActivityView() {
  return <ViewPage name="activity">…</ViewPage>;
}
