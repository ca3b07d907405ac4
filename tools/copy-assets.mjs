// Part of a package's build: copies the files that tsc leaves behind (SQL, for example), keeping their folders.
import { cpSync } from "node:fs";
import { extname } from "node:path";

const [from, to, ...extensions] = process.argv.slice(2);
cpSync(from, to, {
  recursive: true,
  filter: (path) => !path.includes("__fixtures__") && (extname(path) === "" || extensions.includes(extname(path))),
});
