import type { AssetType } from "./asset-types.ts";
import type { Environment } from "./environment.ts";
import type { ThreeDVerseSettings } from "./settings.ts";
import { statusOf, type TaskStatus, type UploadTask } from "./upload-task.ts";

/** An upload task with what the API does not show. */
export interface UploadTaskReport {
  uploadTaskId: string;
  folderId: string;
  status: TaskStatus;
  /** As they arrived; only size and sums were kept. */
  files: { sourceFileId: string; name: string; fieldName: string; size: number; sha256: string; md5: string }[];
  conversions: {
    conversionTaskId: string;
    assetId: string;
    sourceFileName: string;
    /** Null until its time has come. */
    outcome: "error" | "success" | null;
  }[];
}

export interface ThreeDVerseState {
  settings: ThreeDVerseSettings;
  rootFolderId: string;
  publicFolderId: string;
  users: { userId: string; username: string }[];
  groups: { groupId: string; name: string }[];
  folders: { folderId: string; parentFolderId: string | null; name: string }[];
  sourceFiles: { sourceFileId: string; name: string; folderId: string; size: number }[];
  assets: { assetId: string; type: AssetType; name: string; folderId: string }[];
  uploadTasks: UploadTaskReport[];
  sessions: { sessionId: string; sceneId: string; clients: number }[];
}

export function uploadTaskReport(env: Environment, task: UploadTask): UploadTaskReport {
  return {
    uploadTaskId: task.uploadTaskId,
    folderId: task.folderId,
    status: statusOf(env, task),
    files: task.files.map(({ sourceFileId, originalName, fieldName, size, sha256, md5 }) => ({
      sourceFileId,
      name: originalName,
      fieldName,
      size,
      sha256,
      md5,
    })),
    conversions: task.conversions.map(({ conversionTaskId, assetId, sourceFileName, outcome }) => ({
      conversionTaskId,
      assetId,
      sourceFileName,
      outcome: outcome ?? null,
    })),
  };
}

export function reportState(env: Environment): ThreeDVerseState {
  return {
    settings: structuredClone(env.settings),
    rootFolderId: env.rootFolderId,
    publicFolderId: env.publicFolderId,
    users: [...env.users.values()].map(({ userId, username }) => ({ userId, username })),
    groups: [...env.groups.values()].map(({ groupId, name }) => ({ groupId, name })),
    folders: [...env.folders.values()].map(({ folderId, parentFolderId, name }) => ({
      folderId,
      parentFolderId: parentFolderId ?? null,
      name,
    })),
    sourceFiles: [...env.sourceFiles.values()].map(({ sourceFileId, name, folderId, size }) => ({
      sourceFileId,
      name,
      folderId,
      size,
    })),
    assets: [...env.assets.values()].map(({ assetId, type, name, folderId }) => ({ assetId, type, name, folderId })),
    uploadTasks: [...env.uploadTasks.values()].map((task) => uploadTaskReport(env, task)),
    sessions: [...env.sessions.values()].map(({ sessionId, sceneId, clients }) => ({
      sessionId,
      sceneId,
      clients: clients.length,
    })),
  };
}
