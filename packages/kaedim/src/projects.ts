import { z } from "zod";
import { isRecord, textOrNull } from "./json-values.ts";
import { type AccountParts, readAccount } from "./reading.ts";
import type { SkippedRecord } from "./requests.schema.ts";

/** A project: the style that an asset is to have. */
export interface Project {
  readonly projectId: string;
  readonly name: string | null;
  readonly studioId: string | null;
  readonly other: Readonly<Record<string, unknown>>;
}

export interface ProjectList {
  readonly projects: readonly Project[];
  readonly skipped: readonly SkippedRecord[];
}

const projectRecord = z
  .looseObject({
    projectID: z.union([z.string().trim().min(1), z.number().transform(String)]),
    name: textOrNull,
    studioID: textOrNull,
  })
  .transform(({ projectID, name, studioID, ...other }): Project => {
    return { projectId: projectID, name, studioId: studioID, other };
  });

/** Fetches the projects of the account. Costs nothing. Kaedim puts the list into `message`. */
export async function fetchProjects(
  parts: AccountParts,
  options: { signal?: AbortSignal | undefined },
): Promise<ProjectList> {
  const { value: records } = await readAccount(parts, {
    operation: "Kaedim fetchProjects",
    path: "/fetchProjects",
    subject: "the list of projects",
    read: (data): readonly unknown[] | undefined =>
      isRecord(data) && Array.isArray(data.message) ? data.message : undefined,
    wanted: "list of projects",
    signal: options.signal,
  });
  const projects: Project[] = [];
  const skipped: SkippedRecord[] = [];
  for (const [index, record] of records.entries()) {
    const read = projectRecord.safeParse(record);
    if (read.success) projects.push(read.data);
    else skipped.push({ index, reason: isRecord(record) ? "no projectID" : "not an object" });
  }
  return { projects, skipped };
}
