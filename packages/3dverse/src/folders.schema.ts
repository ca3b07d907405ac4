import * as z from "zod/mini";
import { type Access, maybe, type Open, openText } from "./data-types.ts";
import { type User, userSchema } from "./users.schema.ts";

/** A folder; what lies in it inherits its accesses. */
export interface Folder {
  folder_id: string;
  name: string;
  parent_folder_id?: string | null | undefined;
  /** ISO 8601. */
  created_at?: string | null | undefined;
  created_by?: User | null | undefined;
  subfolders?: Folder[] | null | undefined;
  source_file_count?: number | null | undefined;
  asset_count?: number | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const folderSchema: z.ZodMiniType<Folder> = z.looseObject({
  folder_id: z.string(),
  name: z.string(),
  parent_folder_id: maybe(z.string()),
  created_at: maybe(z.string()),
  created_by: maybe(userSchema),
  get subfolders() {
    return maybe(z.array(folderSchema));
  },
  source_file_count: maybe(z.number()),
  asset_count: maybe(z.number()),
}) as unknown as z.ZodMiniType<Folder>;

/** A folder to be made, with those below it. */
export interface NewFolder {
  name: string;
  subfolders?: NewFolder[] | undefined;
}

/** Who may do what in a folder. */
export interface FolderAccesses {
  users?:
    | { user_id: string; username?: string | null | undefined; access: Open<Access>; [unknownField: string]: unknown }[]
    | null
    | undefined;
  groups?:
    | { group_id: string; name?: string | null | undefined; access: Open<Access>; [unknownField: string]: unknown }[]
    | null
    | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const folderAccessesSchema: z.ZodMiniType<FolderAccesses> = z.looseObject({
  users: maybe(
    z.array(z.looseObject({ user_id: z.string(), username: maybe(z.string()), access: openText<Access>() })),
  ),
  groups: maybe(z.array(z.looseObject({ group_id: z.string(), name: maybe(z.string()), access: openText<Access>() }))),
});
