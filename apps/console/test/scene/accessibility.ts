import axe from "axe-core";
import type { Page } from "playwright-core";

type RunAxe = typeof axe.run;
type PageWithAxe = { axe?: { run: RunAxe } };

const contrast = "color-contrast";

/**
 * What axe-core finds against WCAG 2.2 A and AA, as lines that name rule and element. `colours` looks at contrast alone,
 * `structure` at all the rest: of one view only the colours change with the scheme, and only the rest with the width.
 */
export async function findAccessibilityFaults(
  page: Page,
  part: "everything" | "colours" | "structure" = "everything",
): Promise<string[]> {
  // Half a megabyte of script: once a page is enough.
  if (!(await page.evaluate(() => (globalThis as PageWithAxe).axe !== undefined))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    async ({ part, contrast }) => {
      const { axe } = globalThis as PageWithAxe;
      if (axe === undefined) throw new Error("The page let go of axe");
      return axe.run(document, {
        runOnly:
          part === "colours"
            ? { type: "rule", values: [contrast] }
            : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
        ...(part === "structure" ? { rules: { [contrast]: { enabled: false } } } : {}),
        resultTypes: ["violations"],
        // It would fetch every style sheet again for one rule, about locking the screen's orientation, which none of ours does.
        preload: false,
      });
    },
    { part, contrast },
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary?.replaceAll("\n", " ")}`),
  );
}
