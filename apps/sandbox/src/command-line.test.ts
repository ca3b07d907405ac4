import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { ask } from "../test/ask.ts";
import { parseCommandLine } from "./command-line.ts";
import { hostNames, type Origins } from "./host-name.ts";
import { startSandbox } from "./start-sandbox.ts";

describe("flags", () => {
  test("all of them", () => {
    const args = ["--port", "4800", "--products=20", "--charging", "first-byte", "--not-strict", "--json"];
    const options = { port: 4800, generatedProducts: 20, charging: "first-byte", strict: false };
    expect(parseCommandLine(args)).toEqual({ options, json: true, endWithInput: false, help: false });
    expect(parseCommandLine([])).toEqual({ options: {}, json: false, endWithInput: false, help: false });
    expect(parseCommandLine(["-h"]).help).toBe(true);
  });

  test.each([
    [["--prot", "4"], "--prot is not a flag of asset-sandbox. Did you mean --port?"],
    [["--strict"], "Did you mean --not-strict?"],
    [["--zzzzzz"], "See asset-sandbox --help."],
    [
      ["--port", "many"],
      `--port needs a whole number from 0 to ${65_535 - hostNames.length}, for example --port 4800; it was given "many".`,
    ],
    [
      ["--products"],
      '--products needs a whole number from 0 to 1000000, for example --products 4800; it was given "".',
    ],
    [["--charging", "complete"], "Did you mean completion?"],
    [["--json=yes"], "--json takes no value"],
    [["serve"], '"serve" is not understood'],
  ])("%j is refused: %s", (args, sentence) => {
    expect(() => parseCommandLine(args)).toThrow(sentence);
  });
});

describe("the command", () => {
  const command = fileURLToPath(new URL("../bin/asset-sandbox.mjs", import.meta.url));
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  function run(...args: string[]) {
    const started = spawn(process.execPath, [command, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    child = started;
    const output = { text: "", errors: "" };
    started.stdout.on("data", (chunk) => {
      output.text += chunk;
    });
    started.stderr.on("data", (chunk) => {
      output.errors += chunk;
    });
    return { started, output };
  }

  test.each(["SIGTERM", "SIGINT"] as const)(
    "prints one line of JSON when ready and ends cleanly by %s",
    async (signal) => {
      const { started, output } = run("--json");
      await once(started.stdout, "data");
      const ready = JSON.parse(output.text) as {
        origins: Origins;
        control: string;
        accounts: { username: string; password: string }[];
      };
      expect(Object.keys(ready.origins)).toEqual([...hostNames]);
      expect(ready.accounts[0]).toMatchObject({ username: "artist@example.com", password: "sandbox" });
      expect((await ask(`${ready.origins.blog}/wp-json/status-api/v1/latest`)).status).toBe(200);
      started.kill(signal);
      expect(await once(started, "close")).toEqual([0, null]);
      expect(output.text.trim().split("\n")).toHaveLength(1);
      expect(output.errors).toBe("");
    },
  );

  test("--end-with-input ends with the program that started it", async () => {
    const { started } = run("--json", "--end-with-input");
    await once(started.stdout, "data");
    started.stdin.end();
    expect(await once(started, "close")).toEqual([0, null]);
  });

  test("prints origins and account for people", async () => {
    const { started, output } = run("--products", "3");
    await once(started.stdout, "data");
    for (const word of [...hostNames, "/_sandbox", "artist@example.com", "enterprise-sandbox-key"])
      expect(output.text).toContain(word);
    started.kill("SIGTERM");
    await once(started, "close");
  });

  test("--help explains and ends", async () => {
    const { started, output } = run("--help");
    expect(await once(started, "close")).toEqual([0, null]);
    expect(output.text).toContain("--charging MODEL");
  });

  test("a wrong flag is one sentence and status 2", async () => {
    const { started, output } = run("--prodcuts", "3");
    expect(await once(started, "close")).toEqual([2, null]);
    expect(output.errors).toBe("asset-sandbox: --prodcuts is not a flag of asset-sandbox. Did you mean --products?\n");
  });
});

test("a port in use is one sentence, and nothing stays listening", async () => {
  const { port, blocker } = await blockPortWithFreeNeighbour();
  await expect(startSandbox({ port: port - 1 })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use; choose another one with --port.`,
  );
  expect((await ask(`http://127.0.0.1:${port - 1}/_sandbox`)).failure).toBe("ECONNREFUSED");
  blocker.close();
});

/** A listening server whose port has a free one before it. */
async function blockPortWithFreeNeighbour() {
  for (;;) {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as { port: number };
    const neighbour = createServer().listen(port - 1, "127.0.0.1");
    const isFree = await once(neighbour, "listening").then(
      () => true,
      () => false,
    );
    neighbour.close();
    if (isFree) return { port, blocker };
    blocker.close();
  }
}

test("a wrong option names the nearest right one, a folder that is no shop is told so", async () => {
  await expect(startSandbox({ generatedProduct: 3 } as never)).rejects.toThrow('did you mean "generatedProducts"?');
  await expect(startSandbox({ sampleShop: "/nowhere" })).rejects.toThrow("/nowhere is not a sample shop");
});
