import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseUserpref } from "./parse-userpref.ts";

/** The description of one structure, as every .blend holds it. */
function formatStructure(pathName: string): Buffer {
  const texts = (items: string[]) => {
    const count = Buffer.alloc(4);
    count.writeInt32LE(items.length);
    return Buffer.concat([count, Buffer.from(items.map((item) => `${item}\0`).join(""), "latin1")]);
  };
  const shorts = (...values: number[]) => Buffer.from(new Uint8Array(new Uint16Array(values).buffer));
  let whole = Buffer.from("SDNA");
  const add = (mark: string, data: Buffer) => {
    const padding = Buffer.alloc((4 - (whole.length % 4)) % 4);
    whole = Buffer.concat([whole, padding, Buffer.from(mark), data]);
  };
  add("NAME", texts(["*next", "name[8]", `${pathName}[16]`, "flag"]));
  add("TYPE", texts(["char", "short", "other", "bUserAssetLibrary"]));
  add("TLEN", shorts(1, 2, 2, 34));
  const one = Buffer.alloc(4);
  one.writeInt32LE(2);
  // other { short flag } and bUserAssetLibrary { bUserAssetLibrary *next; char name[8]; char path[16]; short flag }
  add("STRC", Buffer.concat([one, shorts(2, 1, 1, 3), shorts(3, 4, 3, 0, 0, 1, 0, 2, 1, 3)]));
  return whole;
}

function item(name: string, folder: string): Buffer {
  const bytes = Buffer.alloc(34);
  bytes.write(name, 8);
  bytes.write(folder, 16);
  return bytes;
}

function makeFile(format: "v302" | "17", pathName: string, items: Buffer[]): Buffer {
  const block = (code: string, structIndex: number, count: number, data: Buffer) => {
    const header = Buffer.alloc(format === "17" ? 32 : 24);
    header.write(code);
    if (format === "17") {
      header.writeInt32LE(structIndex, 4);
      header.writeBigInt64LE(BigInt(data.length), 16);
      header.writeBigInt64LE(BigInt(count), 24);
    } else {
      header.writeInt32LE(data.length, 4);
      header.writeInt32LE(structIndex, 16);
      header.writeInt32LE(count, 20);
    }
    return Buffer.concat([header, data]);
  };
  return Buffer.concat([
    Buffer.from(format === "17" ? "BLENDER17-01v0500" : "BLENDER-v302"),
    block("USER", 0, 1, Buffer.from([1, 0])),
    ...items.map((data) => block("DATA", 1, 1, data)),
    block("DNA1", 0, 1, formatStructure(pathName)),
    block("ENDB", 0, 0, Buffer.alloc(0)),
  ]);
}

describe("asset libraries in Blender's preferences", () => {
  const items = [item("Own", "/own"), item("Remote", ""), item("Büro", "/é")];
  const found = [
    { name: "Own", folder: "/own" },
    { name: "Büro", folder: "/é" },
  ];
  it.each([
    ["v302", "path"],
    ["v302", "dirpath"],
    ["17", "dirpath"],
  ] as const)("are found in format %s with %s", (format, pathName) =>
    expect(parseUserpref(makeFile(format, pathName, items))).toEqual(found),
  );

  it("are not looked for in what is no .blend, and a cut file is no surprise", () => {
    expect(parseUserpref(Buffer.alloc(0))).toBeUndefined();
    expect(parseUserpref(Buffer.from("BLENDER-v302"))).toBeUndefined();
    expect(parseUserpref(Buffer.from("hello, I am a text and no .blend"))).toBeUndefined();
    const whole = makeFile("v302", "path", items);
    for (let length = 0; length < whole.length; length += 1) parseUserpref(whole.subarray(0, length));
    for (let at = 0; at < whole.length; at += 1) {
      const spoilt = Buffer.from(whole);
      spoilt[at] = 0xff;
      parseUserpref(spoilt);
    }
  });

  const isBlenderThere = spawnSync("blender", ["--version"], { stdio: "ignore" }).status === 0;
  it.skipIf(!isBlenderThere)(
    "are found in what a real Blender wrote",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "asset-sync-userpref-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const script = join(folder, "add.py");
      await writeFile(
        script,
        `import bpy\nbpy.ops.preferences.asset_library_add(directory="/assets/iMeshh-Models/")\nbpy.ops.wm.save_userpref()\n`,
      );
      execFileSync("blender", ["-b", "--factory-startup", "--python-exit-code", "1", "--python", script], {
        env: { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder },
        stdio: "ignore",
      });
      const [version = ""] = await readdir(join(folder, "blender"));
      const bytes = await readFile(join(folder, "blender", version, "config", "userpref.blend"));
      expect(parseUserpref(bytes)).toContainEqual({
        name: "iMeshh-Models",
        folder: expect.stringMatching(/^\/assets\/iMeshh-Models\/?$/),
      });
    },
    180_000,
  );
});
