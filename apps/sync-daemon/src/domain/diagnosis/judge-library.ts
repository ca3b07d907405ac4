import { type FailureCode, failureRules } from "../failure.ts";
import { type Finding, foundFailed, foundOk } from "./finding.ts";

/** How one of the four libraries was found, or why it cannot be used. */
export interface LibraryFacts {
  readonly folder: string;
  readonly assetType: string;
  readonly outcome:
    | { readonly state: "absent" | "unmarked" | "ready" }
    | { readonly state: "unusable"; readonly code: FailureCode; readonly message: string };
}

/** Is the folder there, with its marker, writable, and with names as they are written? */
export function judgeLibrary({ folder, assetType, outcome }: LibraryFacts): Finding {
  const check = {
    check: `library.${assetType}`,
    tried: `Look for the library ${folder}, its marker, and write a probe`,
  };
  switch (outcome.state) {
    case "ready":
      return foundOk(check, "It is there, marked as ours, and can be written to; names stay as they are written.");
    case "absent":
      return foundOk(check, "It is not there yet; the first sync makes it.");
    case "unmarked":
      return foundOk(check, "It is there without our marker; the first sync adds that, beside what is in it.");
    case "unusable":
      return foundFailed(check, outcome.message, failureRules[outcome.code].advice);
  }
}

/** The folder that holds the four: nothing is written below one that is not there any more. */
export function judgeLibraryRoot(facts: { root: string; isThere: boolean; hadLibraries: boolean }): Finding {
  const { root, isThere, hadLibraries } = facts;
  const check = { check: "library.root", tried: `Look for ${root}` };
  if (isThere) return foundOk(check, "It is there.");
  if (!hadLibraries) return foundOk(check, "It is not there yet; the first sync makes it.");
  return foundFailed(
    check,
    "It is gone, and libraries were there before.",
    "Mount the disk, or set `library.root` to where the folder is now; nothing is downloaded again because of it.",
  );
}
