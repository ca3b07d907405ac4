import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("user-token-and-upload ends with the assets of the upload, and lets the process end", async () => {
  const path = fileURLToPath(new URL("../examples/user-token-and-upload.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@org/source", path], {
    timeout: 60_000,
  });
  expect(stdout).toContain("my-username may manage my-folder");
  expect(stdout).toContain("converting");
  expect(stdout).toContain("1 converted, 0 failed");
  expect(stdout).toMatch(/^mesh: /m);
});
