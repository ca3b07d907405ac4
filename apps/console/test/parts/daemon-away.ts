import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import type { OpenConsole } from "../scene/open-console.ts";

/** The last of a file: the daemon is stopped afterwards. */
export function describeDaemonAway(opened: OpenConsole): void {
  describe("without the daemon", () => {
    it("says that it is away, comes back by itself and goes on as it was", async () => {
      const { page, scene, daemon } = opened;
      await opened.show("/?text=oak");
      await page.getByRole("link", { name: /Oak Table 01/ }).waitFor();

      await daemon.stop();
      const notice = page.getByRole("alert").getByText("This page comes back by itself", { exact: false });
      await notice.waitFor();
      // What was there stays to be looked at.
      await page.getByRole("link", { name: /Oak Table 01/ }).waitFor();

      const second = await scene.start({ port: Number(new URL(daemon.address).port) });
      await notice.waitFor({ state: "detached" });
      await page.getByRole("searchbox").fill("bowl");
      await page.getByRole("link", { name: /Glazed Bowl 02/ }).waitFor();
      expect(page.url()).toBe(`${daemon.address}/?text=bowl`);
      await second.stop();
    });

    it("asks to be loaded again when another version answers", async () => {
      const { page, daemon } = opened;
      const upgraded = createServer((_, response) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ status: "ok", version: "9.9.9", apiVersion: 1 }));
      });
      upgraded.listen(Number(new URL(daemon.address).port), "127.0.0.1");
      await once(upgraded, "listening");
      const notice = page.getByRole("alert").filter({ hasText: "asset-sync is now version 9.9.9" });
      await notice.getByRole("button", { name: "Reload the page" }).waitFor();
      upgraded.closeAllConnections();
      upgraded.close();
    });
  });
}
