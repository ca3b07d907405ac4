import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Provider } from "../hosts/provider.ts";
import { InvalidInputError, parseStrictly } from "../parse-strictly.ts";
import { answerThreeDVerse, settleEnvironment } from "./answer.ts";
import { type AssetType, assetTypes } from "./asset-types.ts";
import { issueGuestToken, issueUserToken, ttlMs } from "./credentials.ts";
import { addAsset, addFolder, createEnvironment } from "./environment.ts";
import type { Access, MemberType, User } from "./records.ts";
import { addSession } from "./sessions.ts";
import { type ThreeDVerseSettings, threeDVerseDefaults, threeDVerseSettingsSchema } from "./settings.ts";
import { reportState, type ThreeDVerseState, type UploadTaskReport, uploadTaskReport } from "./state-report.ts";
import { endUploadTask, type TaskStatus, taskStatuses } from "./upload-task.ts";
import { addUser } from "./users.ts";

/** What `startSandbox` takes under `threeDVerse`. */
export const threeDVerseOptionsSchema = threeDVerseSettingsSchema.partial();

/** What `PATCH /_sandbox/state` takes under `threeDVerse`: settings, and what may be changed besides. */
export const threeDVersePatchSchema = threeDVerseOptionsSchema.extend({
  /** Every user and guest token given out so far is expired from now on. */
  expireTokens: z.literal(true).optional(),
  uploadTasks: z
    .array(
      z.strictObject({
        uploadTaskId: z.string(),
        /** It stays in this status from now on; without it, it ends now, with what comes of its files. */
        status: z.enum(taskStatuses).optional(),
        /** The names of files whose conversion fails; only what did not end yet can. */
        failing: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
export type ThreeDVersePatch = z.input<typeof threeDVersePatchSchema>;

/** The 3dverse of a running sandbox, as a test drives it. What does not exist throws `InvalidInputError`. */
export interface ThreeDVerseControl {
  /** What a client needs; the folders are there from the start. */
  credentials(): { apiKey: string; publicToken: string; rootFolderId: string; publicFolderId: string };
  /** Changes settings; a wrong patch throws `InvalidInputError` and changes nothing. */
  configure(patch: ThreeDVersePatch): void;
  addUser(username?: string): string;
  /** In the root folder unless told otherwise. */
  addFolder(folder?: { name?: string; parentFolderId?: string }): string;
  grantAccess(grant: { folderId: string; memberType?: MemberType; memberId: string; access: Access }): void;
  /** In the root folder unless told otherwise; made by the environment's owner. */
  addAsset(asset: { type: AssetType; name?: string; folderId?: string; dependencies?: string[] }): string;
  /** A session on the scene, without clients. */
  addSession(sceneId: string): string;
  issueUserToken(token: { userId: string; scope?: Access; ttl?: string }): string;
  issueGuestToken(sessionId: string): string;
  expireTokens(): void;
  /** Oldest first, with what the API does not show: sums of the files and numbers of the conversions. */
  uploadTasks(): UploadTaskReport[];
  /** The task is past all its steps now; conversions told to fail have failed. */
  finishUploadTask(uploadTaskId: string): void;
  /** The conversion of a file of a task will fail, or every one that did not end yet. */
  failConversion(uploadTaskId: string, fileName?: string): void;
  /** The task stays in this status from now on. */
  setUploadTaskStatus(uploadTaskId: string, status: TaskStatus): void;
  endSession(sessionId: string): void;
}

export interface ThreeDVerse extends Provider {
  control: ThreeDVerseControl;
  state(): ThreeDVerseState;
  /** Checks what the schema cannot, and gives the function that applies the patch. */
  preparePatch(patch: z.output<typeof threeDVersePatchSchema>): () => void;
}

export function createThreeDVerse(given: {
  clock: Clock;
  settings: z.output<typeof threeDVerseOptionsSchema>;
}): ThreeDVerse {
  const { clock } = given;
  const settings: ThreeDVerseSettings = structuredClone({ ...threeDVerseDefaults, ...definedOnly(given.settings) });
  const env = createEnvironment({ settings, clock });

  const preparePatch: ThreeDVerse["preparePatch"] = ({ expireTokens, uploadTasks = [], ...changed }) => {
    settleEnvironment(env);
    const changes = uploadTasks.map(({ uploadTaskId, status, failing }) => {
      const task = existing(env.uploadTasks, uploadTaskId, "upload task");
      const conversions = (failing ?? []).map((name) => {
        const conversion = task.conversions.find(({ sourceFileName }) => sourceFileName === name);
        if (conversion === undefined)
          throw new InvalidInputError(`The upload task ${uploadTaskId} of the 3dverse converts no file ${name}.`);
        if (conversion.outcome !== undefined)
          throw new InvalidInputError(`The file ${name} of the upload task ${uploadTaskId} was converted already.`);
        return conversion;
      });
      return { task, status, conversions, endsNow: status === undefined && failing === undefined };
    });
    return () => {
      Object.assign(settings, structuredClone(definedOnly(changed)));
      if (expireTokens === true) for (const token of env.tokens.values()) token.expiresAtMs = clock.now();
      for (const { task, status, conversions, endsNow } of changes) {
        for (const conversion of conversions) conversion.wanted = "error";
        if (status !== undefined) task.forcedStatus = status;
        if (endsNow) endUploadTask(env, task);
      }
      settleEnvironment(env);
    };
  };
  const change = (wanted: ThreeDVersePatch) =>
    preparePatch(parseStrictly(threeDVersePatchSchema, wanted, "3dverse", Object.keys(threeDVersePatchSchema.shape)))();
  const userOf = (userId: string): User =>
    userId === env.owner.userId ? env.owner : existing(env.users, userId, "user");

  const control: ThreeDVerseControl = {
    credentials: () => ({
      apiKey: settings.apiKey,
      publicToken: settings.publicToken,
      rootFolderId: env.rootFolderId,
      publicFolderId: env.publicFolderId,
    }),
    configure: change,
    addUser: (username = "artist") => addUser(env, username).userId,
    addFolder({ name = "folder", parentFolderId = env.rootFolderId } = {}) {
      existing(env.folders, parentFolderId, "folder");
      return addFolder(env, { name, parentFolderId, createdBy: env.owner, creatorIsManager: false }).folderId;
    },
    grantAccess({ folderId, memberType = "users", memberId, access }) {
      const folder = existing(env.folders, folderId, "folder");
      if (memberType === "groups") existing(env.groups, memberId, "group");
      else userOf(memberId);
      folder.grants = folder.grants.filter(({ type, id }) => type !== memberType || id !== memberId);
      folder.grants.push({ type: memberType, id: memberId, access, grantedAtMs: clock.now() });
    },
    addAsset({ type, name = "asset", folderId = env.rootFolderId, dependencies = [] }) {
      if (!assetTypes.includes(type)) throw new InvalidInputError(`There is no asset type ${type}.`);
      existing(env.folders, folderId, "folder");
      for (const id of dependencies) existing(env.assets, id, "asset");
      return addAsset(env, { type, name, folderId, dependencies: [...dependencies], createdBy: env.owner }).assetId;
    },
    addSession(sceneId) {
      const { type } = existing(env.assets, sceneId, "asset");
      if (type !== "scene") throw new InvalidInputError(`The asset ${sceneId} is a ${type}, not a scene.`);
      const shared = { isTransient: false, rendererVersion: undefined, options: {} };
      return addSession(env, { ...shared, sceneId, createdBy: env.owner }).sessionId;
    },
    issueUserToken({ userId, scope = "manage", ttl = "1h" }) {
      const lifeMs = ttlMs(ttl);
      if (lifeMs === undefined) throw new InvalidInputError(`The ttl "${ttl}" is not understood; write 1h or 30m.`);
      return issueUserToken(env, { userId: userOf(userId).userId, scope, lifeMs });
    },
    issueGuestToken: (sessionId) => issueGuestToken(env, existing(env.sessions, sessionId, "session").sessionId),
    expireTokens: () => change({ expireTokens: true }),
    uploadTasks() {
      settleEnvironment(env);
      return [...env.uploadTasks.values()].map((task) => uploadTaskReport(env, task));
    },
    finishUploadTask: (uploadTaskId) => change({ uploadTasks: [{ uploadTaskId }] }),
    failConversion(uploadTaskId, fileName) {
      const { conversions } = existing(env.uploadTasks, uploadTaskId, "upload task");
      const open = conversions.filter(({ outcome }) => outcome === undefined);
      const failing = fileName === undefined ? open.map(({ sourceFileName }) => sourceFileName) : [fileName];
      change({ uploadTasks: [{ uploadTaskId, failing }] });
    },
    setUploadTaskStatus: (uploadTaskId, status) => change({ uploadTasks: [{ uploadTaskId, status }] }),
    endSession(sessionId) {
      existing(env.sessions, sessionId, "session");
      env.sessions.delete(sessionId);
    },
  };

  return {
    answers: { "3dverse": (exchange) => answerThreeDVerse(exchange, env) },
    secrets: () => [
      { name: "the 3dverse API key", value: settings.apiKey, hosts: ["3dverse"] },
      { name: "the public token of 3dverse", value: settings.publicToken, hosts: ["3dverse"] },
      ...[...env.tokens].map(([value, { kind }]) => ({
        name: `a 3dverse ${kind} token`,
        value,
        hosts: ["3dverse"] as const,
      })),
      // The render gateway's, which no host of the sandbox is.
      ...[...env.sessionTokens].map((value) => ({ name: "a 3dverse session token", value, hosts: [] })),
    ],
    state() {
      settleEnvironment(env);
      return reportState(env);
    },
    preparePatch,
    control,
    close: async () => {},
  };
}

function existing<T>(stored: Map<string, T>, id: string, what: string): T {
  const thing = stored.get(id);
  if (thing === undefined) throw new InvalidInputError(`There is no ${what} ${id} in the 3dverse of the sandbox.`);
  return thing;
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
