import dns from "node:dns";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createHttpClient } from "./create-http-client.ts";
import { downloadFile } from "./download-file.ts";
import { isPrivateAddress, isPrivateHost } from "./private-address.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { withRawServer, withServer } from "./testing/with-server.ts";

describe("isPrivateAddress", () => {
  it.each([
    ["127.0.0.1", true],
    ["0.0.0.0", true],
    ["169.254.169.254", true],
    ["192.168.1.1", true],
    ["224.0.0.251", true],
    ["255.255.255.255", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["::127.0.0.1", true],
    ["64:ff9b::a9fe:a9fe", true],
    ["2002:7f00:1::", true],
    ["fd00::1", true],
    ["fe80::1", true],
    ["ff02::1", true],
    ["8.8.8.8", false],
    ["203.0.113.5", false],
    ["::ffff:8.8.8.8", false],
    ["64:ff9b::808:808", false],
    ["2002:808:808::", false],
    ["2606:4700::1111", false],
  ])("%s: %s", (address, isPrivate) => expect(isPrivateAddress(address)).toBe(isPrivate));

  it("sees through the ways to write an address, since URLs are read by the standard's rules first", () => {
    for (const text of [
      "127.1",
      "2130706433",
      "0x7f.1",
      "0177.0.0.1",
      "[::ffff:7f00:1]",
      "LOCALHOST",
      "a.localhost.",
    ]) {
      expect(isPrivateHost(new URL(`https://${text}/`).hostname), text).toBe(true);
    }
    expect(isPrivateHost("r2.imeshh.com")).toBe(false);
  });
});

describe("a name that leads into a private network", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "private-address-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Lets `r2.example` be this machine, as a hostile name server would. */
  function resolveTo(address: string): void {
    const original = dns.lookup;
    const answer = ((name: string, options: dns.LookupOptions, callback: (...answer: unknown[]) => void) => {
      if (name !== "r2.example") return original(name, options, callback as never);
      if (options.all === true) return callback(null, [{ address, family: 4 }]);
      return callback(null, address, 4);
    }) as unknown as typeof dns.lookup;
    dns.lookup = answer;
    syncBuiltinESMExports();
    onTestFinished(() => {
      dns.lookup = original;
      syncBuiltinESMExports();
    });
  }

  it("is not connected to for a file, not even where the name itself is allowed", async () => {
    resolveTo("127.0.0.1");
    await withRawServer(
      (_head, socket) => void socket.destroy(),
      async ({ port, seen, connections }) => {
        for (const allowedHosts of [undefined, ["r2.example"]]) {
          const url = `https://r2.example:${port}/a.zip`;
          const fetching = downloadFile({
            url,
            path: join(folder, "a.zip"),
            maxBytes: 10,
            allowedHosts,
            http: { proxy: "none" },
          });
          expect(await failureOf(fetching)).toMatchObject({ code: "host-refused", neverSent: true, retryable: false });
        }
        expect([seen, connections()]).toEqual([[], 0]);
        expect(await readdir(folder)).toEqual([]);
      },
    );
  });

  it("is connected to where a person named it", async () => {
    resolveTo("127.0.0.1");
    await withRawServer(
      (_head, socket) => void socket.destroy(),
      async ({ port, connections }) => {
        const http = { proxy: "none" as const, retry: { maxAttempts: 1 } };
        const about = { path: join(folder, "a.zip"), maxBytes: 10, privateHosts: ["r2.example"], http };
        await failureOf(downloadFile({ url: `https://r2.example:${port}/a.zip`, ...about }));
        expect(connections()).toBe(1);
      },
    );
  });

  it("is not followed to when a request is sent on", async () => {
    resolveTo("127.0.0.1");
    await withRawServer(
      (_head, socket) => void socket.destroy(),
      async ({ port, connections }) => {
        await withServer(
          (_request, response) => void response.writeHead(302, { location: `https://r2.example:${port}/` }).end(),
          async ({ origin }) => {
            const client = createHttpClient({ origin, http: { proxy: "none" } });
            const request = client.request({ name: "test read", method: "GET", path: "/", repeat: "repeatable" });
            expect(await failureOf(request)).toMatchObject({ code: "host-refused" });
            expect(connections()).toBe(0);
          },
        );
      },
    );
  });
});
