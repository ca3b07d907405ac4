import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { notFound, Problem } from "./problem.ts";
import type { Asset, Folder, Group, Session, SourceFile, Stored, Token, User } from "./records.ts";
import type { ThreeDVerseSettings } from "./settings.ts";
import type { UploadTask } from "./upload-task.ts";

/** One environment of the service: everything that users, folders and keys belong to, in memory. */
export interface Environment {
  readonly settings: ThreeDVerseSettings;
  readonly clock: Clock;
  /** Whom calls with the API key are attributed to; not among the users that are listed. */
  readonly owner: User;
  readonly rootFolderId: string;
  readonly publicFolderId: string;
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly folders: Map<string, Folder>;
  readonly sourceFiles: Map<string, SourceFile>;
  readonly uploadTasks: Map<string, UploadTask>;
  readonly assets: Map<string, Asset>;
  readonly sessions: Map<string, Session>;
  /** The token itself to what it stands for; expired ones stay. */
  readonly tokens: Map<string, Token>;
  /** Keys of the render gateway; no credential of the API. */
  readonly sessionTokens: Set<string>;
}

export function createEnvironment(given: { settings: ThreeDVerseSettings; clock: Clock }): Environment {
  const { settings, clock } = given;
  // Old enough to have settled whatever the settings.
  const createdAtMs = 0;
  const owner: User = { userId: "0a3d7e11-0000-4000-8000-000000000001", username: "sandbox-owner", createdAtMs };
  const root: Folder = {
    folderId: "0a3d7e11-0000-4000-8000-000000000002",
    parentFolderId: undefined,
    name: "Root",
    createdBy: owner,
    grants: [],
    createdAtMs,
  };
  const shared: Folder = {
    ...root,
    folderId: "0a3d7e11-0000-4000-8000-000000000003",
    parentFolderId: root.folderId,
    name: "Public",
    grants: [],
  };
  return {
    settings,
    clock,
    owner,
    rootFolderId: root.folderId,
    publicFolderId: shared.folderId,
    users: new Map(),
    groups: new Map(),
    folders: new Map([
      [root.folderId, root],
      [shared.folderId, shared],
    ]),
    sourceFiles: new Map(),
    uploadTasks: new Map(),
    assets: new Map(),
    sessions: new Map(),
    tokens: new Map(),
    sessionTokens: new Set(),
  };
}

export function newId(): string {
  return randomUUID();
}

export function hasSettled(env: Environment, sinceMs: number): boolean {
  return env.clock.now() >= sinceMs + env.settings.settleMs;
}

/** The thing of that id; one that is unknown, or has not settled, throws the status for it. */
export function find<T extends Stored>(env: Environment, stored: Map<string, T>, id: string, what: string): T {
  const thing = stored.get(id);
  if (thing === undefined) throw notFound(`There is no ${what} ${id}.`);
  if (!hasSettled(env, thing.createdAtMs))
    throw new Problem(env.settings.settleStatus, `The ${what} ${id} was created just now and is not there yet.`);
  return thing;
}

export function findUser(env: Environment, id: string): User {
  return id === env.owner.userId ? env.owner : find(env, env.users, id, "user");
}

export function findFolder(env: Environment, id: string): Folder {
  return find(env, env.folders, id, "folder");
}

/** The folder and all above it, itself first. */
export function folderChain(env: Environment, folderId: string): Folder[] {
  const chain: Folder[] = [];
  for (let folder = env.folders.get(folderId); folder !== undefined; ) {
    chain.push(folder);
    folder = folder.parentFolderId === undefined ? undefined : env.folders.get(folder.parentFolderId);
  }
  return chain;
}

export function isWithin(env: Environment, folderId: string, ancestorId: string): boolean {
  return folderChain(env, folderId).some((folder) => folder.folderId === ancestorId);
}

export function addFolder(
  env: Environment,
  folder: { name: string; parentFolderId: string; createdBy: User; creatorIsManager: boolean },
): Folder {
  const nowMs = env.clock.now();
  const added: Folder = {
    folderId: newId(),
    parentFolderId: folder.parentFolderId,
    name: folder.name,
    createdBy: folder.createdBy,
    createdAtMs: nowMs,
    // Granted long ago, so that its maker is not locked out of a folder that has settled.
    grants: folder.creatorIsManager
      ? [{ type: "users", id: folder.createdBy.userId, access: "manage", grantedAtMs: 0 }]
      : [],
  };
  env.folders.set(added.folderId, added);
  return added;
}

export function addAsset(
  env: Environment,
  asset: Pick<Asset, "type" | "name" | "folderId" | "createdBy"> & Partial<Asset>,
): Asset {
  const nowMs = asset.createdAtMs ?? env.clock.now();
  const added: Asset = {
    assetId: newId(),
    sourceFileId: undefined,
    createdAtMs: nowMs,
    lastEditedAtMs: nowMs,
    lastEditedBy: asset.createdBy,
    contributions: new Map([[asset.createdBy.userId, 1]]),
    dependencies: [],
    content: {},
    entities: new Map(),
    thumbnail: undefined,
    ...asset,
  };
  env.assets.set(added.assetId, added);
  return added;
}

/** Notes who changed an asset, and when. */
export function noteEdit(env: Environment, asset: Asset, user: User): void {
  asset.lastEditedAtMs = env.clock.now();
  asset.lastEditedBy = user;
  asset.contributions.set(user.userId, (asset.contributions.get(user.userId) ?? 0) + 1);
}

/** `2019-08-24T14:15:22Z`, as the documentation writes dates. */
export function dateText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** A user as every answer shows it. */
export function userJson({ userId, username, createdAtMs }: User) {
  return { user_id: userId, username, registered_at: dateText(createdAtMs) };
}
