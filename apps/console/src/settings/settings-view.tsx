import { ViewPage } from "../frame/view-page.tsx";

export function SettingsView() {
  return <ViewPage name="settings">…</ViewPage>;
}
