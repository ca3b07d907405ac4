// Extracts the archive argv[2] into argv[3] and says "writing" with the first bytes.
import process from "node:process";
import { createExtractor } from "../extract-archive.ts";

const [, , path = "", into = ""] = process.argv;
const { signal } = new AbortController();
const limits = { maxArchiveBytes: 1e12, maxExtractedBytes: 1e12, maxEntries: 20_000 };
const extractor = createExtractor({ processes: 1 });
const contents = await extractor.inspectArchive({ path, limits, signal });
const onProgress = (): void => void process.stdout.write("writing\n");
await extractor.extractArchive({ path, contents, into, durable: false, signal, onProgress });
await extractor.close();
