import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { apiFileSchema } from "../../src/api/contract/api-file.ts";
import { type StatusAnswer, statusSchema } from "../../src/api/contract/daemon.ts";
import { type Scene, until } from "./scene.ts";

/** Calls the daemon that `api.json` of the scene's home names, as an add-on would. */
export async function callDaemon(scene: Scene, method: "GET" | "POST", path: string, body?: unknown) {
  const { address, token } = apiFileSchema.parse(JSON.parse(await readFile(join(scene.home, "api.json"), "utf8")));
  const answer = await fetch(`${address}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(method === "POST" ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

/** Undefined while none answers, or another than `api.json` named when it was read. */
export async function statusOfDaemon(scene: Scene): Promise<StatusAnswer | undefined> {
  const answer = await callDaemon(scene, "GET", "/api/v1/status").catch(() => undefined);
  return answer?.status === 200 ? statusSchema.parse(answer.body) : undefined;
}

/** Waits for the daemon that comes after the one that gave this status. */
export function startedAnew(scene: Scene, since: StatusAnswer): Promise<StatusAnswer> {
  return until(
    "the next daemon",
    async () => {
      const now = await statusOfDaemon(scene);
      return now !== undefined && now.startedAt !== since.startedAt && now;
    },
    180_000,
  );
}
