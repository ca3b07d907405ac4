import { z } from "zod";
import { wholeBody } from "../http/reply.ts";
import { accessTo, actorOf, type Caller, nameOf, requireAccess } from "./access.ts";
import { containersOf, isAccessible, referencesTo } from "./asset-lists.ts";
import { type Environment, find, newId } from "./environment.ts";
import { folderFor, idList } from "./folders.ts";
import { patternContent } from "./made-bytes.ts";
import { bytesReply, type Call, created, done, formBody, jsonBody, ok, operation } from "./operation.ts";
import { conflict, forbidden, invalid, notFound, Problem } from "./problem.ts";
import { pageOf, pageQuery } from "./query.ts";
import type { Access, SourceFile } from "./records.ts";
import { addUploadTask, uploadTaskJson } from "./upload-task.ts";

export function sourceFileJson({ sourceFileId, originalName, name, size }: SourceFile) {
  return { source_file_id: sourceFileId, source_file_original_name: originalName, name, size };
}

const sourceFileQuery = z.strictObject({
  ...pageQuery,
  filters: z.strictObject({ source_file_name: z.string().optional() }).optional(),
});

export const sourceFileOperations = {
  uploadSourceFiles: operation({
    body: formBody,
    answer({ env, caller, parameter, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      const { uploadFieldName, maxUploadBytes, answersUploadTaskId } = env.settings;
      if (body.problem !== undefined) throw invalid(`The form is not well-formed: ${body.problem}`);
      const files = body.parts.filter((part) => part.kind === "file");
      if (files.length === 0) throw invalid("The form has no file: a part with a file name.");
      for (const { name, filename } of files) {
        if (uploadFieldName !== null && name !== uploadFieldName)
          throw invalid(`Files must come in the form field ${uploadFieldName}; one came in ${name}.`);
        if (filename === undefined || filename === "") throw invalid(`The file in the form field ${name} has no name.`);
      }
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      if (maxUploadBytes !== null && bytes > maxUploadBytes)
        throw new Problem(413, `The files have ${bytes} bytes together; ${maxUploadBytes} are allowed.`);
      const added = files.map((file) => {
        const name = file.filename ?? "";
        const { bytes: size, sha256, md5, name: fieldName } = file;
        const stored: SourceFile = {
          sourceFileId: newId(),
          originalName: name,
          name,
          size,
          folderId,
          fieldName,
          sha256,
          md5,
          createdAtMs: env.clock.now(),
        };
        env.sourceFiles.set(stored.sourceFileId, stored);
        return stored;
      });
      const task = addUploadTask(env, { folderId, uploadedBy: actorOf(env, caller), files: added });
      return created(answersUploadTaskId ? { upload_task_id: task.uploadTaskId } : {});
    },
  }),
  getSourceFilesInFolder: operation({
    query: sourceFileQuery,
    answer(call) {
      const { folderId } = folderFor(call.env, call.caller, call.parameter("folder_id"), "read");
      return sourceFilePage(call, (file) => file.folderId === folderId);
    },
  }),
  moveSourceFiles: operation({
    body: jsonBody(idList),
    answer({ env, caller, parameter, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      const files = body.map((id) => sourceFileFor(env, caller, id, "write"));
      for (const file of files) file.folderId = folderId;
      return done(env);
    },
  }),
  listSourceFiles: operation({
    query: sourceFileQuery,
    answer: (call) => sourceFilePage(call, ({ folderId }) => accessTo(call.env, call.caller, folderId) !== undefined),
  }),
  deleteSourceFiles: operation({
    body: jsonBody(z.strictObject({ source_file_ids: idList, delete_assets: z.boolean().default(false) })),
    answer({ env, caller, body }) {
      const ids = new Set(body.source_file_ids);
      for (const id of ids) sourceFileFor(env, caller, id, "write");
      const made = [...env.assets.values()].filter(({ sourceFileId }) => ids.has(sourceFileId ?? ""));
      if (body.delete_assets) {
        const madeIds = new Set(made.map(({ assetId }) => assetId));
        const used = made.find(({ assetId }) =>
          referencesTo(env, assetId).some((other) => !madeIds.has(other.assetId)),
        );
        if (used !== undefined) throw conflict(`The asset ${used.assetId} is used by others and cannot be deleted.`);
        for (const { assetId } of made) env.assets.delete(assetId);
      } else {
        for (const asset of made) asset.sourceFileId = undefined;
      }
      for (const id of ids) env.sourceFiles.delete(id);
      return done(env);
    },
  }),
  downloadSourceFile: operation({
    answer({ env, caller, parameter }) {
      const file = sourceFileFor(env, caller, parameter("source_file_id"), "read");
      const disposition = `attachment; filename="${file.name.replace(/[^\x20-\x7e]|["\\]/g, "_")}"`;
      const headers = { "content-type": "application/octet-stream", "content-disposition": disposition };
      return { status: 200, headers, body: wholeBody(patternContent(file)) };
    },
  }),
  getSourceFileDetails: operation({
    answer: ({ env, caller, parameter }) =>
      ok(sourceFileJson(sourceFileFor(env, caller, parameter("source_file_id"), "read"))),
  }),
  updateSourceFileDetails: operation({
    body: jsonBody(z.strictObject({ name: z.string().min(1) })),
    answer({ env, caller, parameter, body }) {
      sourceFileFor(env, caller, parameter("source_file_id"), "write").name = body.name;
      return done(env);
    },
  }),
  getSourceFileAssets: operation({
    answer({ env, caller, parameter }) {
      const file = sourceFileFor(env, caller, parameter("source_file_id"), "read");
      const made = [...env.assets.values()].filter(({ sourceFileId }) => sourceFileId === file.sourceFileId);
      return ok(containersOf(made.filter((asset) => isAccessible(env, caller, asset))));
    },
  }),
  getUploadTasksInFolder: operation({
    query: z.strictObject(pageQuery),
    answer({ env, caller, parameter, query }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "read");
      const tasks = [...env.uploadTasks.values()].filter((task) => task.folderId === folderId);
      return ok(pageOf(tasks, query, env.settings.maxLimit).map((task) => uploadTaskJson(env, task)));
    },
  }),
  getUploadTasks: operation({
    query: z.strictObject(pageQuery),
    answer({ env, caller, query }) {
      const tasks = [...env.uploadTasks.values()].filter((task) => mayFollow(env, caller, task));
      return ok(pageOf(tasks, query, env.settings.maxLimit).map((task) => uploadTaskJson(env, task)));
    },
  }),
  getUploadTask: operation({
    answer({ env, caller, parameter }) {
      const task = find(env, env.uploadTasks, parameter("upload_task_id"), "upload task");
      if (!mayFollow(env, caller, task)) throw forbidden(`${nameOf(caller)} has no access to this upload task.`);
      return ok(uploadTaskJson(env, task));
    },
  }),
  getConversionTaskMetadata: operation({
    answer({ env, caller, parameter }) {
      const id = parameter("conversion_task_id");
      const task = [...env.uploadTasks.values()].find(({ conversions }) =>
        conversions.some(({ conversionTaskId }) => conversionTaskId === id),
      );
      const conversion = task?.conversions.find(({ conversionTaskId }) => conversionTaskId === id);
      if (task === undefined || conversion === undefined) throw notFound(`There is no conversion task ${id}.`);
      if (!mayFollow(env, caller, task)) throw forbidden(`${nameOf(caller)} has no access to this conversion task.`);
      if (conversion.outcome !== "success") throw notFound(`The conversion task ${id} has no metadata yet.`);
      const { sourceFileName, assetId } = conversion;
      const metadata = { filename: parameter("filename"), source_file_name: sourceFileName, asset_id: assetId };
      return bytesReply("application/octet-stream", Buffer.from(JSON.stringify(metadata)));
    },
  }),
};

function sourceFilePage(
  { env, query }: Call<z.output<typeof sourceFileQuery>>,
  isWanted: (file: SourceFile) => boolean,
) {
  const part = query.filters?.source_file_name?.toLowerCase() ?? "";
  const files = [...env.sourceFiles.values()].filter(
    (file) => isWanted(file) && file.name.toLowerCase().includes(part),
  );
  const headers: Record<string, string> = env.settings.countHeaders
    ? { "x-source-files-count": `${files.length}` }
    : {};
  return ok(pageOf(files, query, env.settings.maxLimit).map(sourceFileJson), headers);
}

export function sourceFileFor(env: Environment, caller: Caller, id: string, wanted: Access): SourceFile {
  const file = find(env, env.sourceFiles, id, "source file");
  requireAccess(env, caller, file.folderId, wanted);
  return file;
}

/** Tasks are seen by those who read the folder, and by whoever uploaded. */
function mayFollow(env: Environment, caller: Caller, task: { folderId: string; uploadedBy: unknown }): boolean {
  return (
    accessTo(env, caller, task.folderId) !== undefined || (caller.kind === "user" && task.uploadedBy === caller.user)
  );
}
