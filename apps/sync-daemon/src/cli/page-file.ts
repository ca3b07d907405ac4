import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A file that sends a browser on. */
export interface PageFile {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Writes a file that only its owner can read and that sends a browser on to `url`, in the first of the folders that takes
 * it. So the address, which lets in whoever has it first, stands in no command line.
 */
export async function writePageFile(settings: { url: string; folders: readonly string[] }): Promise<PageFile> {
  const { url } = settings;
  const text = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>asset-sync</title>
<script>location.replace(${JSON.stringify(url).replaceAll("<", "\\u003c")});</script>
<p>Opening asset-sync …</p>
</html>
`;
  const problems: unknown[] = [];
  for (const folder of settings.folders) {
    const path = join(folder, `asset-sync-${randomUUID()}.html`);
    try {
      // wx: never through a link that somebody laid there.
      await writeFile(path, text, { mode: 0o600, flag: "wx" });
      return { path, remove: () => rm(path, { force: true }) };
    } catch (error) {
      problems.push(error);
    }
  }
  throw new AggregateError(problems, `No file for the browser can be written in ${settings.folders.join(" or ")}.`);
}
