import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "../api/__fixtures__/api-in-memory.ts";
import { runCommand } from "./__fixtures__/run-command.ts";
import { runInProcess } from "./__fixtures__/run-in-process.ts";
import { commands } from "./commands.ts";
import { formatTime } from "./format.ts";

let daemon: ApiInMemory;
beforeAll(async () => {
  daemon = await startApiInMemory();
});
beforeEach(() => {
  daemon.operations.asked.splice(0);
});
afterAll(async () => {
  await daemon.close();
});

const run = (...args: string[]) => runInProcess([...args, "--home", daemon.folder]);

describe("text for people", () => {
  it.each<[string[], number, string, unknown[]]>([
    [
      ["status"],
      0,
      `asset-sync 0.0.0 waits for news (process ${process.pid}, since ${formatTime("2026-07-01T08:00:00Z")}).
The shop offers 2 products; 1 of its records are no product on offer.
1 asset in the libraries:
  /assets/iMeshh-Models: 1 asset
  /assets/iMeshh-Effects: The library folder /assets/iMeshh-Effects is missing.
Last sync ${formatTime("2026-07-01T08:00:01Z")}: 1 installed, 0 not done, 1 download spent.
Next look for news ${formatTime("2026-07-01T08:15:00Z")}.
  Table: 5.0 MB of 20.0 MB
Please look at:
  Only 1 of 4 downloads of "Lamp" is left.
`,
      ["status", {}],
    ],
    [
      ["sync", "--accept-feed"],
      4,
      `Installed 1 product, 1 download spent, in 12 s. The shop offers 2 products.
1 record of the shop's list is no product on offer (drafts, or without a download) and left out.
Not done:
  8: Only 1 of 4 downloads of "Lamp" is left.
  Run \`asset-sync get ID --spend-last\` to use the last download.
\`asset-sync why ID\` says more about a product.
`,
      ["sync", { acceptFeed: true }],
    ],
    [
      ["plan"],
      0,
      `        Number  Product  Costs               Size  Because
fetch        7  Table    1 download  size unknown  A rule wants it.
update       9  Shelf    free              260 MB  Its zip is kept.

Not now:
  8 Lamp: Only 1 of 4 downloads is left.

No longer in the shop, your copies stay:
  Old Sofa in iMeshh-Models/Furniture/Sofas/old_sofa

1 product is in the library and current.
A sync would fetch 2 products (260 MB and 1 zip of unknown size) and spend 1 download. 120.0 GB of disk are free.
`,
      ["plan", {}],
    ],
    [
      ["search", "oak", "chair", "--limit", "1"],
      0,
      `Number  Product              Kind   Category
132602  Oak Chair\ufffd[31m & Co  model  Furniture / Chairs  free  installed

2 products found. The first 1 are shown; --limit shows more.
`,
      ["search", expect.objectContaining({ text: "oak chair", limit: 1, offset: 0 })],
    ],
    [
      [
        "search",
        "oak",
        "--type",
        "model",
        "--category",
        "Furniture",
        "--free",
        "--installed",
        "--updates",
        "--favourites",
        "--sort",
        "newest",
        "--limit",
        "2",
      ],
      0,
      expect.stringContaining("Oak Chair"),
      [
        "search",
        expect.objectContaining({
          text: "oak",
          assetType: ["model"],
          category: ["Furniture"],
          freebie: true,
          onDisk: true,
          updateWaiting: true,
          favourite: true,
          sort: "newest",
          limit: 2,
        }),
      ],
    ],
    [
      ["search", "nothing"],
      0,
      "The catalog has nothing like that. `asset-sync sync` brings the newest catalog.\n",
      ["search", expect.objectContaining({ text: "nothing", limit: 20, offset: 0 })],
    ],
    [
      ["show", "oak-chair"],
      0,
      `Oak Chair\ufffd[31m & Co (free)
  Number     132602
  Short name oak-chair
  Kind       model
  Category   Furniture / Chairs
  Blender    Blender 4.2
  Licence    Royalty free
  Polygons   12,345
  Dimensions 50 x 50 x 90 cm
  Tags       oak, seat
  Page       https://shop.example.com/oak-chair
  Downloads  2 of 4 left, 1 in doubt
  Zips
    oak_chair_Blender.zip  (--download d-1)  5.0 MB  costs no download  taken if you do not say
    oak_chair_8k.zip  (--download d-2)
  Installed in iMeshh-Models/Furniture/Chairs/oak_chair, ${formatTime("2026-05-02T08:00:00Z")}
`,
      ["show", { id: "oak-chair" }],
    ],
    [
      ["get", "132602", "--spend-last", "--download", "d-2"],
      0,
      "In the library: 132602. Installed.\n1 download spent.\n",
      ["get", { products: [132602], downloadId: "d-2", spendLast: true }],
    ],
    [
      ["get", "oak-chair", "8"],
      4,
      `In the library: oak-chair. Installed.
Not done: 8. Only 1 of 4 downloads is left. Run \`asset-sync get 8 --spend-last\` to use the last download.
1 download spent.
`,
      ["get", { products: ["oak-chair", 8], spendLast: false }],
    ],
    [
      ["quota"],
      0,
      `Number  Product    Zip  Spent  In doubt    Left
132602  Oak Chair  d-1      1         1  2 of 4
     7             t        4         0  0 of 4

In doubt: asked for without an answer. It counts as spent until the shop says otherwise.
`,
      ["quota", {}],
    ],
    [
      ["get", "132602", "8", "--no-wait"],
      4,
      `Asked for: 132602.
Not done: 8. Only 1 of 4 downloads is left. Run \`asset-sync get 8 --spend-last\` to use the last download.
It costs at most 1 download.
`,
      ["request", { products: [132602, 8], spendLast: false }],
    ],
    [
      ["quota", "--ledger"],
      0,
      `Id  ${"When".padEnd(formatTime("2026-05-02T08:00:00Z").length)}  Outcome   Asked by  Number  Product    How it is known
 2  ${formatTime("2026-05-02T08:00:00Z")}  in doubt  you            7             No answer\ufffd came.
 1  ${formatTime("2026-05-02T08:00:00Z")}  spent     a rule    132602  Oak Chair  The shop handed out a link.
`,
      ["ledger", { limit: 1_000 }],
    ],
    [["quota", "--csv"], 0, "id,title\r\n1,Oak Chair\n", ["ledgerCsv", {}]],
    [["why", "132602"], 0, "Oak Chair (132602) is in the library.\n  A rule wants it.\n", ["why", { id: "132602" }]],
    [
      ["why", "999"],
      0,
      "Product 999 is not in the shop's catalog.\n  The catalog has no such product.\n",
      ["why", { id: "999" }],
    ],
    [
      ["verify"],
      1,
      `Table (7) in iMeshh-Models/table: 1 file missing, 1 changed.
  table.blend
  wood.png
  \`asset-sync repair 7\` mends it at no cost.
2 assets of 3 are whole.
`,
      ["verify", { products: [] }],
    ],
    [
      ["repair", "7"],
      5,
      "Mended 7: Whole again.\nNot done 9: No room for Shelf.\n",
      ["repair", { products: [7], previous: false }],
    ],
    [["pause"], 0, "Paused until `asset-sync resume`.\n", ["pause", { untilMs: null }]],
    [["resume"], 0, "No longer paused.\n", ["resume", {}]],
  ])("%j", async (args, status, stdout, asked) => {
    const result = await run(...args);
    expect(result).toEqual({ status, stdout, stderr: "" });
    expect(daemon.operations.asked).toEqual([asked]);
  });

  it("shows a product's quota by its short name", async () => {
    const { stdout, status } = await run("quota", "oak-chair");
    expect(status).toBe(0);
    expect(stdout).toContain("132602");
    expect(stdout).not.toContain("     7 ");
  });

  it("pauses for a while", async () => {
    const before = Date.now();
    const { stdout, status } = await run("pause", "--for", "1h30m");
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Paused until .*; `asset-sync resume` ends it earlier\.\n$/),
    ]);
    const [[, request] = []] = daemon.operations.asked as [string, { untilMs: number }][];
    expect(request?.untilMs).toBeGreaterThanOrEqual(before + 5_400_000);
    expect(request?.untilMs).toBeLessThanOrEqual(Date.now() + 5_400_000);
  });
});

it("prints the same from a process of its own", async () => {
  expect(await runCommand(["quota", "7", "--home", daemon.folder])).toEqual(await run("quota", "7"));
  expect(await runCommand(["serch"])).toEqual(await run("serch"));
});

it("every command has help with an example that parses", async () => {
  for (const command of commands) {
    const result = await run(command.name, "--help");
    expect([result.status, result.stderr]).toEqual([0, ""]);
    expect(result.stdout).toContain(`Example: ${command.example}`);
    expect(command.example).toMatch(new RegExp(`^asset-sync ${command.name}\\b`));
  }
});
