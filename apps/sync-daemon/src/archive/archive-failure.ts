import { basename } from "node:path";
import { Failure, type FailureCode } from "../domain/failure.ts";

const maxShownUnits = 120;

/**
 * A name from an archive, in quotes, safe for terminals, logs and pages' text: control characters, line breaks and
 * characters that turn the reading direction are written as escapes, and what is very long is cut.
 */
export function quoteName(name: string): string {
  const shown = name.length > maxShownUnits ? `${name.slice(0, maxShownUnits)}…` : name;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What a sentence calls the archive: the shop's name for it where the caller knows it, else the file's name. */
export function archiveLabel(archive: { path: string; name?: string | undefined }): string {
  return quoteName(archive.name ?? basename(archive.path));
}

/** One sentence about one archive. `path` is the kept file's. */
export function archiveFailure(
  code: FailureCode,
  archive: { path: string; name?: string | undefined },
  whatIsWrong: string,
  cause?: unknown,
): Failure {
  const details = cause === undefined ? { path: archive.path } : { path: archive.path, cause };
  return new Failure(code, `The archive ${archiveLabel(archive)} ${whatIsWrong}.`, details);
}
