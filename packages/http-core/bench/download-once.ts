/** One download in a process of its own: `node download-once.ts URL PATH`; prints time and peak memory as JSON. */
import { downloadFile } from "../src/index.ts";

const [, , url = "", path = ""] = process.argv;
const started = performance.now();
await downloadFile({ url, path, maxBytes: Number.MAX_SAFE_INTEGER, privateHosts: ["127.0.0.1"] });
const milliseconds = performance.now() - started;
const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ milliseconds, peakMegabytes })}\n`);
