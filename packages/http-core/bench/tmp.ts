import { downloadFile } from "../src/index.ts";

const t = performance.now();
let last = 0;
const f = await downloadFile({
  url: process.argv[2]!,
  path: process.argv[3]!,
  maxBytes: 1e12,
  http: { logger: undefined },
  onProgress(p) {
    last = performance.now() - t;
    if (p.bytes === p.totalBytes) console.log("  at end", Math.round(last));
    else if (process.env.V) console.log(Math.round(last), p.bytes >> 20);
  },
});
const c = process.cpuUsage();
console.log(
  Math.round(performance.now() - t),
  "ms",
  f.bytes,
  "rss",
  Math.round(process.resourceUsage().maxRSS / 1024),
  "MB",
  "user",
  c.user / 1e3,
  "sys",
  c.system / 1e3,
);
