import { readdirSync, readFileSync } from "node:fs";

/** The processes that `parent` started and that have not ended. Linux only. */
export function listChildren(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statusOf(pid)?.parent === parent && statusOf(pid)?.state !== "Z");
}

/** Has it ended? A zombie has. */
export function hasEnded(pid: number): boolean {
  const status = statusOf(pid);
  return status === null || status.state === "Z";
}

function statusOf(pid: number): { parent: number; state: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", parent = ""] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(parent), state };
  } catch {
    return null;
  }
}
