import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { withAccount } from "./account.ts";

it("four processes with one store refresh once, and once more when the JWT has ended", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kaedim-processes-"));
  const script = fileURLToPath(new URL("sign-in-process.ts", import.meta.url));
  try {
    await withAccount({}, async ({ sandbox }) => {
      const { devId, apiKey, refreshToken } = sandbox.kaedim.credentials();
      const args = [script, sandbox.origins.kaedim, devId, apiKey, refreshToken, join(folder, "jwt")];
      const runFour = async () => {
        const run = promisify(execFile);
        const four = Array.from({ length: 4 }, () => run(process.execPath, ["--conditions=@org/source", ...args]));
        for (const { stdout } of await Promise.all(four)) expect(stdout).toBe("done\n");
      };
      const refreshes = () => sandbox.requests({ path: "/api/v1/refreshJWT" }).length;
      await runFour();
      expect(refreshes()).toBe(1);
      sandbox.kaedim.expireJwt();
      await runFour();
      expect(refreshes()).toBe(2);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
