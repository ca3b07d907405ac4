/** A download in a process of its own, to be killed: `node download-child.ts URL PATH`; prints how it ended. */
import { downloadFile } from "../src/index.ts";

const [, , url = "", path = ""] = process.argv;
try {
  const file = await downloadFile({ url, path, maxBytes: 1e9, privateHosts: ["127.0.0.1"], http: { proxy: "none" } });
  process.stdout.write(JSON.stringify(file));
} catch (error) {
  process.stdout.write(JSON.stringify({ code: (error as NodeJS.ErrnoException).code }));
}
