import * as z from "zod/mini";
import { type Access, maybe, openText } from "./data-types.ts";

export const groupMemberSchema = z.looseObject({
  user_id: z.string(),
  /** ISO 8601; in answers only. */
  joined_at: maybe(z.string()),
  group_access: openText<Access>(),
  folder_access: openText<Access>(),
});

export type GroupMember = z.infer<typeof groupMemberSchema>;

export const groupSchema = z.looseObject({
  group_id: z.string(),
  name: z.string(),
  description: maybe(z.string()),
  created_at: maybe(z.string()),
  members: maybe(z.array(groupMemberSchema)),
});

export type Group = z.infer<typeof groupSchema>;
