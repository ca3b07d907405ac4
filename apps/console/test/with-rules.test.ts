import { describe, expect, it } from "vitest";
import { describeActivity } from "./parts/activity.ts";
import { describeAdopt } from "./parts/adopt.ts";
import { describeLibrary } from "./parts/library.ts";
import { describeMove } from "./parts/move.ts";
import { describeUnusableLibraries } from "./parts/unusable-libraries.ts";
import { describeUpdates } from "./parts/updates.ts";
import { noBrowser } from "./scene/browser.ts";
import { withFileManager } from "./scene/file-manager.ts";
import { openConsole } from "./scene/open-console.ts";

// In this order: each part begins where the one before it has ended.
describe.skipIf(noBrowser !== null)("the console of a library that rules fill", () => {
  const opened = openConsole({ wanted: [{ freebie: true }], environment: withFileManager });

  describeLibrary(opened);
  describeActivity(opened);
  describeUpdates(opened);
  describeUnusableLibraries(opened);
  describeAdopt(opened);
  describeMove(opened);

  it("asked nobody but this machine, and its own rules refused nothing", () => {
    expect(opened.complaints).toEqual([]);
  });
});
