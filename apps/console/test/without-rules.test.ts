import { describe, expect, it } from "vitest";
import { describeDaemonAway } from "./parts/daemon-away.ts";
import { describeDownloads, describeNoDownloads } from "./parts/downloads.ts";
import { describePlan } from "./parts/plan.ts";
import { describeProduct } from "./parts/product.ts";
import { describeSettings } from "./parts/settings.ts";
import { describeSignIn } from "./parts/sign-in.ts";
import { noBrowser } from "./scene/browser.ts";
import { withFileManager } from "./scene/file-manager.ts";
import { openConsole } from "./scene/open-console.ts";

// In this order: each part begins where the one before it has ended.
describe.skipIf(noBrowser !== null)("the console of a home without rules", () => {
  const opened = openConsole({ environment: withFileManager });

  describeSignIn(opened);
  describeNoDownloads(opened);
  describeSettings(opened);
  describeProduct(opened);
  describeDownloads(opened);
  describePlan(opened);
  describeDaemonAway(opened);

  it("asked nobody but this machine, and its own rules refused nothing", () => {
    expect(opened.complaints).toEqual([]);
  });
});
