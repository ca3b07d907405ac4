import * as z from "zod/mini";
import { type Access, maybe, type Open, openText } from "./data-types.ts";

/** Somebody in a group, and what they may do with it and with its folder. */
export interface GroupMember {
  user_id: string;
  /** ISO 8601; in answers only. */
  joined_at?: string | null | undefined;
  group_access: Open<Access>;
  folder_access: Open<Access>;
  [unknownField: string]: unknown;
}

/** @internal */
export const groupMemberSchema: z.ZodMiniType<GroupMember> = z.looseObject({
  user_id: z.string(),
  joined_at: maybe(z.string()),
  group_access: openText<Access>(),
  folder_access: openText<Access>(),
});

/** Users who share accesses to folders. */
export interface Group {
  group_id: string;
  name: string;
  description?: string | null | undefined;
  created_at?: string | null | undefined;
  members?: GroupMember[] | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const groupSchema: z.ZodMiniType<Group> = z.looseObject({
  group_id: z.string(),
  name: z.string(),
  description: maybe(z.string()),
  created_at: maybe(z.string()),
  members: maybe(z.array(groupMemberSchema)),
});
