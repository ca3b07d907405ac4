import type { Exchange } from "../hosts/exchange.ts";
import type { Reply } from "../http/reply.ts";
import { assetCreationOperations } from "./asset-creation.ts";
import { assetFileOperations } from "./asset-files.ts";
import { assetRelationOperations } from "./asset-relations.ts";
import { assetOperations } from "./assets.ts";
import { callerOf } from "./credentials.ts";
import type { Environment } from "./environment.ts";
import { folderOperations } from "./folders.ts";
import { groupOperations } from "./groups.ts";
import { importOperations } from "./import-package.ts";
import type { Operation } from "./operation.ts";
import { type OperationName, routeTo } from "./operations.ts";
import { invalid, Problem, problemReply } from "./problem.ts";
import { sceneOperations } from "./scenes.ts";
import { sessionOperations, settleSessions } from "./sessions.ts";
import { sourceFileOperations } from "./source-files.ts";
import { settleUploadTask } from "./upload-task.ts";
import { userOperations } from "./users.ts";

/** What answers each row of the table. */
const answers: Record<OperationName, Operation> = {
  ...userOperations,
  ...groupOperations,
  ...folderOperations,
  ...sourceFileOperations,
  ...assetOperations,
  ...assetCreationOperations,
  ...assetFileOperations,
  ...assetRelationOperations,
  ...importOperations,
  ...sceneOperations,
  ...sessionOperations,
};

/** Where the API begins on its host. */
export const basePath = "/app/v1";

/** The Asset API. What is refused as wrong (400) is noted in the journal as the refusal's reason. */
export function answerThreeDVerse(exchange: Exchange, env: Environment): Reply {
  settleEnvironment(env);
  try {
    return answer(exchange, env);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 400) exchange.entry.refusal = error.message;
    return problemReply(error);
  }
}

function answer(exchange: Exchange, env: Environment): Reply {
  const path = exchange.target.split("?")[0] ?? "";
  if (!path.startsWith(`${basePath}/`)) throw invalid(`The API begins at ${basePath}; this was ${path}.`);
  const routing = routeTo(exchange.method, path.slice(basePath.length));
  if ("refusal" in routing) throw invalid(routing.refusal);
  if (exchange.headers.authorization !== undefined)
    throw invalid(
      "The header Authorization is not known here; credentials come in api_key, user_token or guest_token.",
    );
  const caller = callerOf(env, exchange.headers);
  exchange.entry.account = caller.kind === "user" ? caller.user.username : caller.kind;
  const parameter = (name: string) => {
    const value = routing.parameters[name];
    if (value === undefined) throw new Error(`The operation ${routing.operation} has no path parameter ${name}.`);
    return value;
  };
  return answers[routing.operation]({ env, caller, exchange, parameter });
}

/** Brings about what time did: conversions that ended, sessions that closed. */
export function settleEnvironment(env: Environment): void {
  for (const task of env.uploadTasks.values()) settleUploadTask(env, task);
  settleSessions(env);
}
