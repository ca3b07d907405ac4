import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { level, runSeed } from "../level.ts";
import { createChance } from "../power/chance.ts";
import { chargingModels } from "../power/charging-models.ts";
import { lookAtLibrary } from "../power/look-at-library.ts";
import { whyNoPowerLab } from "../power/power-lab.ts";
import { shell } from "../power/shell.ts";
import { record, recordSkipped } from "../record.ts";
import { type DiskScene, type DiskStage, largeFileBytes, openDiskStage } from "./disk-scene.ts";

/** What is full: where downloads go, where assets go, both on one volume, or where the state is. */
const places = ["download", "library", "one-volume", "state"] as const;
type Place = (typeof places)[number];

/** Of what is needed, in percent; the last is one block too little. */
const shares = ["0", "1", "10", "50", "90", "99", "100 less a block"] as const;
type Share = (typeof shares)[number];

type Case = { readonly place: Place } & (
  | { readonly lack: "bytes"; readonly share: Share }
  | { readonly lack: "files" }
);

const all: readonly Case[] = [
  ...places.flatMap((place) => shares.map((share) => ({ place, lack: "bytes" as const, share }))),
  ...places.map((place) => ({ place, lack: "files" as const })),
];

const perCommit: readonly Case[] = [
  { place: "download", lack: "bytes", share: "0" },
  { place: "download", lack: "bytes", share: "99" },
  { place: "library", lack: "bytes", share: "0" },
  { place: "library", lack: "bytes", share: "50" },
  { place: "library", lack: "bytes", share: "100 less a block" },
  { place: "one-volume", lack: "bytes", share: "90" },
  { place: "state", lack: "bytes", share: "0" },
  { place: "state", lack: "bytes", share: "10" },
  { place: "library", lack: "files" },
  { place: "one-volume", lack: "files" },
];

/** Room of each volume that is filled; what lies there already and twice the product fit. */
const volumeBytes = 192 << 20;
const blockBytes = 4096;

/** What a sync writes into the state beside the product: rows, ledger, log. */
const stateNeedBytes = 1 << 20;

const reason = await whyNoPowerLab();
if (reason !== null) recordSkipped("T4", "full disks", reason);

describe.skipIf(reason !== null)("the disk is full", () => {
  let stage: DiskStage;
  beforeAll(async () => {
    stage = await openDiskStage();
  }, 300_000);
  afterAll(async () => {
    await stage?.close();
  });

  it(
    "nothing is spent on what cannot fit, it is said in one sentence, and it goes on once there is room",
    async () => {
      const seed = runSeed();
      const chance = createChance(seed);
      const cases = level() !== "commit" ? all : perCommit;
      const startedAt = performance.now();
      const wrongs: string[] = [];
      let wrong = 0;
      let second = 0;
      let unavoidable = 0;
      for (const [index, one] of cases.entries()) {
        const charging = chargingModels[(index + chance.below(4)) % chargingModels.length] ?? "link";
        const scene = await stage.open({ charging, prepare: (folders) => mountVolumes(one.place, folders) });
        try {
          const outcome = await fillAndMakeRoom(scene, one);
          wrongs.push(
            ...outcome.wrongs.map((what) => `seed ${seed}, ${JSON.stringify({ ...one, charging })}: ${what}`),
          );
          wrong += outcome.wrongs.length === 0 ? 0 : 1;
          second += outcome.second;
          unavoidable += outcome.unavoidable;
        } finally {
          await scene.close();
        }
      }
      record({
        test: "T4",
        what: "full disks: bytes and files, where downloads, assets, both or the state go",
        injections: cases.length,
        wrong,
        secondSpends: second,
        seed,
        ms: Math.round(performance.now() - startedAt),
        note: `unavoidable second spends: ${unavoidable} (the answer could not be written down)`,
      });
      expect(wrongs).toEqual([]);
    },
    level() !== "commit" ? 1_800_000 : 600_000,
  );
});

function folderOf(place: Place, folders: { folder: string; home: string; library: string }): string {
  if (place === "download") return join(folders.home, "partial");
  if (place === "library") return folders.library;
  return place === "state" ? folders.home : folders.folder;
}

async function mountVolumes(place: Place, folders: { folder: string; home: string; library: string }): Promise<void> {
  const volume = async (path: string) => {
    await mkdir(path, { recursive: true });
    await shell("mount", "-t", "tmpfs", "-o", `size=${volumeBytes},nr_inodes=100000`, "asset-sync-test", path);
  };
  await volume(folderOf(place, folders));
  await mkdir(folders.home, { recursive: true });
  await mkdir(folders.library, { recursive: true });
  if (place !== "state") return;
  // The state alone is full: what is large lies elsewhere.
  for (const name of ["partial", "archives"]) await volume(join(folders.home, name));
}

function bytesLeft(place: Place, share: Share): number {
  const needs = {
    download: largeFileBytes,
    library: largeFileBytes,
    "one-volume": 2 * largeFileBytes,
    state: stateNeedBytes,
  };
  const need = needs[place];
  return share === "100 less a block" ? need - blockBytes : Math.floor((need * Number(share)) / 100);
}

/** Makes the volume full and gives back what makes room again. */
async function fill(folder: string, one: Case): Promise<() => Promise<void>> {
  if (one.lack === "files") {
    const { files, ffree } = await statfs(folder);
    await shell("mount", "-o", `remount,nr_inodes=${files - ffree + 2}`, folder);
    return async () => void (await shell("mount", "-o", "remount,nr_inodes=100000", folder));
  }
  const { bavail, bsize } = await statfs(folder);
  const ballast = join(folder, "ballast");
  const piece = Buffer.alloc(1 << 20, 1);
  const file = openSync(ballast, "w");
  for (let left = bavail * bsize - bytesLeft(one.place, one.share); left > 0; left -= piece.length)
    writeSync(file, piece, 0, Math.min(left, piece.length));
  closeSync(file);
  return async () => rmSync(ballast);
}

async function fillAndMakeRoom(scene: DiskScene, one: Case) {
  const wrongs: string[] = [];
  const before = await lookAtLibrary(scene.library);
  const makeRoom = await fill(folderOf(one.place, scene), one);
  const full = await scene.run(["sync", "--json"]);
  const asked = scene.linksAskedFor();
  if (one.place !== "state") {
    if (asked > 0 || scene.charged() > 0) wrongs.push(`${asked} links were asked for, ${scene.charged()} charged`);
    if (full.code !== 5) wrongs.push(`it ended with ${full.code}: ${full.stdout} ${full.stderr}`);
    const said = messagesOf(full.stdout);
    if (!said.some(({ code, message }) => code === "disk-full" && /no (room|space).*\.$/is.test(message)))
      wrongs.push(`it did not say in a sentence that the disk is full: ${full.stdout}`);
  } else if (full.code !== 0 && full.code !== 5) {
    wrongs.push(`it ended with ${full.code}: ${full.stdout} ${full.stderr}`);
  }
  const meanwhile = await lookAtLibrary(scene.library);
  wrongs.push(...meanwhile.broken.map((what) => `while it was full: ${what}`));
  if (full.code !== 0)
    for (const [path, hash] of before.installed)
      if (meanwhile.installed.get(path) !== hash) wrongs.push(`while it was full ${path} changed`);

  await makeRoom();
  const next = await scene.run(["sync", "--json"]);
  if (next.code !== 0) wrongs.push(`with room it ended with ${next.code}: ${next.stdout} ${next.stderr}`);
  const after = await lookAtLibrary(scene.library);
  wrongs.push(...after.broken, ...after.unfinished);
  const revisions = [...after.assets]
    .filter(([folder]) => !folder.includes("/.sync/"))
    .map(([, { revision }]) => revision);
  if (revisions.join() !== "2025-08-01T00:00:00") wrongs.push(`installed is ${revisions.join()}`);
  const extra = Math.max(0, scene.charged() - 1);
  // Asked for, and the answer could not be written down: nobody could know better.
  const unavoidable = one.place === "state" ? Math.min(extra, asked) : 0;
  if (scene.charged() < 1) wrongs.push("it was never charged, so nothing was bought");
  if (extra > unavoidable) wrongs.push(`${extra} second charges`);
  return { wrongs, second: extra - unavoidable, unavoidable };
}

/** What a run says on its output: failures of products, or the one that kept it from running. */
function messagesOf(stdout: string): { code: string; message: string }[] {
  type Said = { failed?: { code: string; message: string }[]; error?: { code: string; message: string } };
  const said = JSON.parse(stdout) as Said;
  return said.error === undefined ? (said.failed ?? []) : [said.error];
}
