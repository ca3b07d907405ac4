import { matchesPath } from "../path-pattern.ts";
import type { AssetType } from "./asset-types.ts";
import { addAsset, dateText, type Environment, newId } from "./environment.ts";
import type { SourceFile, User } from "./records.ts";

export const taskStatuses = [
  "waiting",
  "downloading",
  "pending",
  "converting",
  "error",
  "success",
  "rejected",
] as const;
export type TaskStatus = (typeof taskStatuses)[number];
type Pipeline = "auto-detect" | "volume" | "scene" | "texture" | "animation" | "point-cloud";

export interface Conversion {
  conversionTaskId: string;
  /** The main asset that will come of it. */
  assetId: string;
  sourceFileId: string;
  sourceFileName: string;
  pipeline: Pipeline;
  /** What comes of it, the main one first; empty for formats that no pipeline takes. */
  makes: AssetType[];
  /** Undefined until its time has come. */
  outcome: "error" | "success" | undefined;
  /** Told to fail, or to be good, whatever the settings say. */
  wanted: "error" | "success" | undefined;
}

export interface UploadTask {
  uploadTaskId: string;
  folderId: string;
  uploadedBy: User;
  createdAtMs: number;
  stepMs: number;
  conversionMs: number;
  /** As they arrived; deleting one later does not change this. */
  files: readonly SourceFile[];
  conversions: Conversion[];
  /** Moved forward by this much, to end it early. */
  skippedMs: number;
  /** A status it was told to have. */
  forcedStatus: TaskStatus | undefined;
}

const makesByExtension: [Pipeline, AssetType[], string][] = [
  ["volume", ["texture_3d"], "dcm"],
  ["texture", ["texture"], "jpg jpeg png tga dds tif tiff bmp rgbe"],
  ["texture", ["cubemap"], "hdr"],
  ["auto-detect", ["sound"], "wav mp3 ogg flac"],
  ["point-cloud", ["point_cloud"], "e57 ptx xyz las laz"],
  ["animation", ["animation"], "bvh"],
  [
    "scene",
    ["scene", "mesh", "material"],
    "fbx obj stl ply ifc usd usda usdc usdz skp ptf 3ds 3mf ac ac3d acc amj ase ask b3d blend cms cob dae dxf gltf glb " +
      "enff hmb irr irrmesh lwo lws lxo m3d md2 md3 md5 mdc mdl xml mot ms3d ndo nff off ogex pmx prj q3o q3s raw scn " +
      "sib smd ter uc vta wrl x x3d xgl zgl",
  ],
];
/** Files that belong to another one and are not converted by themselves. */
const companions = ["mtl", "bin"];

export function addUploadTask(
  env: Environment,
  given: { folderId: string; uploadedBy: User; files: SourceFile[] },
): UploadTask {
  const task: UploadTask = {
    uploadTaskId: newId(),
    folderId: given.folderId,
    uploadedBy: given.uploadedBy,
    createdAtMs: env.clock.now(),
    stepMs: env.settings.stepMs,
    conversionMs: env.settings.conversionMs,
    files: given.files,
    conversions: given.files.flatMap(conversionOf),
    skippedMs: 0,
    forcedStatus: undefined,
  };
  env.uploadTasks.set(task.uploadTaskId, task);
  return task;
}

function conversionOf({ sourceFileId, originalName }: SourceFile): Conversion[] {
  const extension = /\.([^.]+)$/.exec(originalName)?.[1]?.toLowerCase() ?? "";
  if (companions.includes(extension)) return [];
  const [pipeline, makes] = makesByExtension.find(([, , known]) => known.split(" ").includes(extension)) ?? [
    "auto-detect" as const,
    [],
  ];
  return [
    {
      conversionTaskId: newId(),
      assetId: newId(),
      sourceFileId,
      sourceFileName: originalName,
      pipeline,
      makes,
      outcome: undefined,
      wanted: undefined,
    },
  ];
}

/** Where a task is, by its own times: how long it converts by now, and how long each of its files takes. */
function timesOf(env: Environment, task: UploadTask) {
  const elapsedMs = env.clock.now() - task.createdAtMs + task.skippedMs;
  const eachMs = task.conversions.length === 0 ? 0 : task.conversionMs / task.conversions.length;
  return { elapsedMs, eachMs, convertingMs: elapsedMs - 3 * task.stepMs };
}

/** Moves the task past all its steps. */
export function endUploadTask(env: Environment, task: UploadTask): void {
  const { elapsedMs } = timesOf(env, task);
  task.skippedMs += Math.max(0, 3 * task.stepMs + task.conversionMs - elapsedMs);
}

/** Decides the conversions whose time has come, and makes their assets. */
export function settleUploadTask(env: Environment, task: UploadTask): void {
  if (task.forcedStatus !== undefined) return;
  const { eachMs, convertingMs } = timesOf(env, task);
  for (const [index, conversion] of task.conversions.entries()) {
    if (conversion.outcome !== undefined || convertingMs < (index + 1) * eachMs) continue;
    const fails =
      conversion.makes.length === 0 ||
      env.settings.failingFiles.some((pattern) => isNamedBy(pattern, conversion.sourceFileName));
    conversion.outcome = conversion.wanted ?? (fails ? "error" : "success");
    const endedAtMs = env.clock.now() - (convertingMs - (index + 1) * eachMs);
    if (conversion.outcome === "success") makeAssets({ env, task, conversion, endedAtMs });
  }
}

function isNamedBy(pattern: string, fileName: string): boolean {
  return pattern.includes("*") ? matchesPath(pattern, fileName) : pattern === fileName;
}

/** The main asset uses the others. Nothing comes of a file that was deleted meanwhile. */
function makeAssets(given: { env: Environment; task: UploadTask; conversion: Conversion; endedAtMs: number }): void {
  const { env, task, conversion, endedAtMs } = given;
  const source = env.sourceFiles.get(conversion.sourceFileId);
  if (source === undefined) return;
  const name = source.name.replace(/\.[^.]+$/, "");
  const { folderId, sourceFileId } = source;
  const shared = { folderId, sourceFileId, createdBy: task.uploadedBy, createdAtMs: endedAtMs };
  const [main = "scene", ...others] = conversion.makes;
  const used = others.map((type) => addAsset(env, { ...shared, type, name: `${name} ${type}` }).assetId);
  addAsset(env, { ...shared, type: main, name, assetId: conversion.assetId, dependencies: used });
}

export function statusOf(env: Environment, task: UploadTask): TaskStatus {
  if (task.forcedStatus !== undefined) return task.forcedStatus;
  const { elapsedMs, convertingMs } = timesOf(env, task);
  const step = (["waiting", "downloading", "pending"] as const)[Math.floor(elapsedMs / task.stepMs)];
  if (task.stepMs > 0 && step !== undefined) return step;
  if (convertingMs < task.conversionMs) return "converting";
  const failures = task.conversions.filter(({ outcome }) => outcome === "error").length;
  if (failures === 0) return "success";
  return failures === task.conversions.length ? "error" : env.settings.partialFailureStatus;
}

export function uploadTaskJson(env: Environment, task: UploadTask): Record<string, unknown> {
  const { elapsedMs, convertingMs, eachMs } = timesOf(env, task);
  const scaled = (doneMs: number, ofMs: number) => {
    const share = ofMs <= 0 ? (doneMs >= 0 ? 1 : 0) : Math.min(1, Math.max(0, doneMs / ofMs));
    const percent = Math.floor(share * 100);
    return env.settings.progressScale === 100 ? percent : percent / 100;
  };
  const isListed = elapsedMs >= 2 * task.stepMs || task.forcedStatus !== undefined;
  return {
    upload_task_id: task.uploadTaskId,
    folder_id: task.folderId,
    uploaded_at: dateText(task.createdAtMs),
    uploaded_by: { user_id: task.uploadedBy.userId, username: task.uploadedBy.username },
    progress: scaled(convertingMs, task.conversionMs),
    download_progress: scaled(elapsedMs - task.stepMs, task.stepMs),
    status: statusOf(env, task),
    // The files are looked at once they are there.
    conversion_tasks: (isListed ? task.conversions : []).map((conversion, index) => ({
      ...(env.settings.showsConversionTaskIds ? { conversion_task_id: conversion.conversionTaskId } : {}),
      asset_id: conversion.assetId,
      source_file_id: conversion.sourceFileId,
      source_file_name: conversion.sourceFileName,
      conversion_pipeline: conversion.pipeline,
      progress: scaled(convertingMs - index * eachMs, eachMs),
      status: conversion.outcome ?? (convertingMs < index * eachMs || convertingMs < 0 ? "pending" : "converting"),
    })),
  };
}
