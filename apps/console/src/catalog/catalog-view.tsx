import { ViewPage } from "../frame/view-page.tsx";

export function CatalogView() {
  return <ViewPage name="catalog">…</ViewPage>;
}
