import { ViewPage } from "../frame/view-page.tsx";

export function PlanView() {
  return <ViewPage name="plan">…</ViewPage>;
}
