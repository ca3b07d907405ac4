import type { AssetType } from "./product.ts";

/** A folder of a library that could not be looked into just now: assets in it and below may be there all the same. */
export interface UnseenFolder {
  readonly assetType: AssetType;
  /** Relative to the library's root. */
  readonly folder: string;
  /** The rest of a sentence that begins with the folder. */
  readonly reason: string;
}

/**
 * Why it is not known whether something lies in one of `folders`, as a sentence; null where all of them were looked at.
 * What is not seen is not gone: nothing may be paid for because of it.
 */
export function explainUnseen(
  unseen: readonly UnseenFolder[],
  place: { assetType: AssetType; folders: readonly string[] },
): string | null {
  const found = unseen.find(
    ({ assetType, folder }) =>
      assetType === place.assetType && place.folders.some((one) => one === folder || one.startsWith(`${folder}/`)),
  );
  if (found === undefined) return null;
  return `The folder "${found.folder}" cannot be looked into: ${found.reason}. What is in it is not known.`;
}
