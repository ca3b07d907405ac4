import { z } from "zod";
import { accessTo, actorOf, type Caller, reaches, requireAccess, requireUserOrApiKey } from "./access.ts";
import { addFolder, dateText, type Environment, find, findFolder, isWithin, userJson } from "./environment.ts";
import { memberOf, memberType } from "./groups.ts";
import { created, done, jsonBody, ok, operation } from "./operation.ts";
import { conflict, forbidden, invalid, notFound } from "./problem.ts";
import { pageOf, pageQuery } from "./query.ts";
import { accessLevels, type Folder } from "./records.ts";

const name = z.string().min(1);
interface NewFolder {
  name: string;
  subfolders?: NewFolder[] | undefined;
}
const newFolder: z.ZodType<NewFolder> = z.strictObject({
  name,
  get subfolders() {
    return z.array(newFolder).optional();
  },
});
export const idList = z.array(z.string().min(1)).min(1);

function folderJson(env: Environment, caller: Caller, folder: Folder): Record<string, unknown> {
  return {
    folder_id: folder.folderId,
    parent_folder_id: folder.parentFolderId,
    name: folder.name,
    created_at: dateText(folder.createdAtMs),
    created_by: userJson(folder.createdBy),
    subfolders: subfoldersOf(env, caller, folder.folderId).map((child) => folderJson(env, caller, child)),
    source_file_count: countIn(env.sourceFiles, folder.folderId),
    asset_count: countIn(env.assets, folder.folderId),
  };
}

function countIn(stored: Map<string, { folderId: string }>, folderId: string): number {
  return [...stored.values()].filter((thing) => thing.folderId === folderId).length;
}

function subfoldersOf(env: Environment, caller: Caller, folderId: string): Folder[] {
  return [...env.folders.values()].filter(
    (folder) => folder.parentFolderId === folderId && accessTo(env, caller, folder.folderId) !== undefined,
  );
}

/** The folders right below the root, and those deeper ones whose parent the caller cannot see. */
function topmostFolders(env: Environment, caller: Caller): Folder[] {
  const seen = (folderId: string | undefined) =>
    folderId !== undefined && accessTo(env, caller, folderId) !== undefined;
  return [...env.folders.values()].filter(
    ({ folderId, parentFolderId }) =>
      folderId !== env.rootFolderId && seen(folderId) && (parentFolderId === env.rootFolderId || !seen(parentFolderId)),
  );
}

/** The folder of the path, for a caller with that access to it. */
export function folderFor(
  env: Environment,
  caller: Caller,
  folderId: string,
  wanted: (typeof accessLevels)[number],
): Folder {
  const folder = findFolder(env, folderId);
  requireAccess(env, caller, folderId, wanted);
  return folder;
}

/** A tree of new folders at once, the top one of which belongs to its maker. */
function addTree(env: Environment, caller: Caller, tree: NewFolder, parentFolderId: string, isTop: boolean): Folder {
  const createdBy = actorOf(env, caller);
  const creatorIsManager = isTop && caller.kind === "user";
  const folder = addFolder(env, { name: tree.name, parentFolderId, createdBy, creatorIsManager });
  for (const child of tree.subfolders ?? []) addTree(env, caller, child, folder.folderId, false);
  return folder;
}

export const folderOperations = {
  listFolders: operation({
    query: z.strictObject(pageQuery),
    answer({ env, caller, query }) {
      const page = pageOf(topmostFolders(env, caller), query, env.settings.maxLimit);
      return ok(page.map((folder) => folderJson(env, caller, folder)));
    },
  }),
  createFolder: operation({
    body: jsonBody(newFolder),
    answer({ env, caller, body }) {
      requireUserOrApiKey(caller);
      if (caller.kind === "user" && !reaches(caller.scope, "write"))
        throw forbidden("Making a folder needs a user_token with the scope write or manage.");
      return created(folderJson(env, caller, addTree(env, caller, body, env.rootFolderId, true)));
    },
  }),
  getFolderInfo: operation({
    answer: ({ env, caller, parameter }) =>
      ok(folderJson(env, caller, folderFor(env, caller, parameter("folder_id"), "read"))),
  }),
  moveFolders: operation({
    body: jsonBody(idList),
    answer({ env, caller, parameter, body }) {
      const target = folderFor(env, caller, parameter("folder_id"), "write");
      const moved = body.map((folderId) => folderFor(env, caller, folderId, "manage"));
      for (const folder of moved) {
        requireMovable(env, folder);
        if (isWithin(env, target.folderId, folder.folderId))
          throw invalid(`The folder ${folder.folderId} cannot be moved into itself or below itself.`);
      }
      for (const folder of moved) folder.parentFolderId = target.folderId;
      return done(env);
    },
  }),
  updateFolder: operation({
    body: jsonBody(z.strictObject({ name: name.optional() })),
    answer({ env, caller, parameter, body }) {
      const folder = folderFor(env, caller, parameter("folder_id"), "write");
      folder.name = body.name ?? folder.name;
      return done(env);
    },
  }),
  deleteFolder: operation({
    answer({ env, caller, parameter }) {
      const folder = folderFor(env, caller, parameter("folder_id"), "manage");
      requireMovable(env, folder);
      const { folderId } = folder;
      const holdsFolders = [...env.folders.values()].some(({ parentFolderId }) => parentFolderId === folderId);
      if (holdsFolders || countIn(env.sourceFiles, folderId) > 0 || countIn(env.assets, folderId) > 0)
        throw conflict(`The folder ${folderId} is not empty; only empty folders can be deleted.`);
      env.folders.delete(folderId);
      return done(env);
    },
  }),
  listFolderAccesses: operation({
    answer({ env, caller, parameter }) {
      const { grants } = folderFor(env, caller, parameter("folder_id"), "read");
      const of = (wanted: string) => grants.filter(({ type }) => type === wanted);
      return ok({
        users: of("users").map(({ id, access }) => ({
          user_id: id,
          username: (env.users.get(id) ?? env.owner).username,
          access,
        })),
        groups: of("groups").map(({ id, access }) => ({ group_id: id, name: env.groups.get(id)?.name, access })),
      });
    },
  }),
  grantMemberAccessToFolder: operation({
    body: jsonBody(z.strictObject({ access: z.enum(accessLevels) })),
    answer({ env, caller, parameter, body }) {
      const folder = folderFor(env, caller, parameter("folder_id"), "manage");
      const member = memberOf(env, parameter("member_type"), parameter("member_id"));
      const others = folder.grants.filter(({ type, id }) => type !== member.type || id !== member.id);
      folder.grants = [...others, { ...member, access: body.access, grantedAtMs: env.clock.now() }];
      return done(env);
    },
  }),
  revokeMemberAccessToFolder: operation({
    answer({ env, caller, parameter }) {
      const folder = folderFor(env, caller, parameter("folder_id"), "manage");
      const [wantedType, wantedId] = [memberType(parameter("member_type")), parameter("member_id")];
      const rest = folder.grants.filter(({ type, id }) => type !== wantedType || id !== wantedId);
      if (rest.length === folder.grants.length)
        throw notFound(`${wantedId} has no access of its own to the folder ${folder.folderId}.`);
      folder.grants = rest;
      return done(env);
    },
  }),
  createSubfolder: operation({
    body: jsonBody(newFolder),
    answer({ env, caller, parameter, body }) {
      const parent = folderFor(env, caller, parameter("folder_id"), "write");
      return created(folderJson(env, caller, addTree(env, caller, body, parent.folderId, true)));
    },
  }),
  listFolderSubFolders: operation({
    answer({ env, caller, parameter }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "read");
      return ok(subfoldersOf(env, caller, folderId).map((folder) => folderJson(env, caller, folder)));
    },
  }),
};

/** The folder an asset or source file lies in, as its own answers show it. */
export function folderOf(env: Environment, caller: Caller, folderId: string): Record<string, unknown> {
  return folderJson(env, caller, find(env, env.folders, folderId, "folder"));
}

function requireMovable(env: Environment, { folderId, name: folderName }: Folder): void {
  if (folderId === env.rootFolderId || folderId === env.publicFolderId)
    throw conflict(`The folder ${folderName} belongs to the environment; it can be neither moved nor deleted.`);
}
