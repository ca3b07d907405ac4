import { fileURLToPath } from "node:url";

/** The program `asset-sync` as it is published; the test runner builds it before the first test. */
export const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
