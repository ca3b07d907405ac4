import { type Finding, foundOk, foundWarning } from "./finding.ts";

/** One Blender that was found. `version` is null where it did not say; `problem` says why. */
export interface BlenderProgram {
  readonly path: string;
  readonly version: string | null;
  readonly problem: string | null;
}

/** The asset libraries of one Blender version's preferences; null where the file could not be understood. */
export interface BlenderPreferences {
  readonly file: string;
  /** As its folder is called, such as `4.2`. */
  readonly version: string;
  readonly libraries: readonly { readonly name: string; readonly folder: string }[] | null;
}

export function judgeBlenderPrograms(programs: readonly BlenderProgram[]): Finding[] {
  const check = {
    check: "blender.program",
    tried: "Look for Blender in PATH and in the usual places, and ask its version",
  };
  if (programs.length === 0)
    return [
      foundWarning(
        check,
        "None was found.",
        "If Blender is installed elsewhere, nothing is wrong: asset-sync does not need to know. Add the libraries in its preferences as said below.",
      ),
    ];
  return programs.map(({ path, version, problem }) => {
    const one = { check: "blender.program", tried: `Ask ${path} for its version` };
    if (version !== null) return foundOk(one, `Blender ${version}.`);
    return foundWarning(one, `It did not say: ${problem ?? "no answer"}.`, "Start it by hand and see whether it runs.");
  });
}

/** Does each Blender show the libraries? `wanted` are the folders, by the name they should have. */
export function judgeBlenderLibraries(facts: {
  preferences: readonly BlenderPreferences[];
  wanted: readonly { readonly name: string; readonly folder: string }[];
  isSame: (one: string, other: string) => boolean;
}): Finding[] {
  const { preferences, wanted, isSame } = facts;
  const howTo = (missing: readonly { folder: string }[]) =>
    `In Blender: Edit > Preferences > File Paths > Asset Libraries > +, for ${missing.map(({ folder }) => folder).join(", ")}.`;
  if (preferences.length === 0) {
    const check = { check: "blender.libraries", tried: "Look for Blender's own preferences" };
    return [foundOk(check, `There are none yet. ${howTo(wanted)}`)];
  }
  return preferences.map(({ version, file, libraries }) => {
    const check = {
      check: `blender.libraries.${version}`,
      tried: `Look for the libraries in the preferences of Blender ${version}`,
    };
    if (libraries === null)
      return foundWarning(check, `${file} could not be understood, so it is not known.`, howTo(wanted));
    const missing = wanted.filter(({ folder }) => !libraries.some((library) => isSame(library.folder, folder)));
    if (missing.length === 0) return foundOk(check, `All ${wanted.length} are there.`);
    const found =
      missing.length === wanted.length
        ? "None of them is there, so its Asset Browser does not show them."
        : `${missing.length} of ${wanted.length} are not there: ${missing.map(({ name }) => name).join(", ")}.`;
    return foundWarning(check, found, howTo(missing));
  });
}
