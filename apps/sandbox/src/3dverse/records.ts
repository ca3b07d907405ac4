import type { AssetType } from "./asset-types.ts";

export const accessLevels = ["read", "write", "manage"] as const;
export type Access = (typeof accessLevels)[number];
export const memberTypes = ["users", "groups"] as const;
export type MemberType = (typeof memberTypes)[number];

/** What every stored thing has: it is not there for others before it has settled. */
export interface Stored {
  createdAtMs: number;
}

export interface User extends Stored {
  userId: string;
  username: string;
}

export interface GroupMember {
  type: MemberType;
  id: string;
  joinedAtMs: number;
  groupAccess: Access;
  folderAccess: Access;
}

export interface Group extends Stored {
  groupId: string;
  name: string;
  description: string | undefined;
  members: GroupMember[];
}

export interface Grant {
  type: MemberType;
  id: string;
  access: Access;
  grantedAtMs: number;
}

export interface Folder extends Stored {
  folderId: string;
  /** Undefined for the environment's root folder alone. */
  parentFolderId: string | undefined;
  name: string;
  createdBy: User;
  grants: Grant[];
}

export interface SourceFile extends Stored {
  sourceFileId: string;
  originalName: string;
  name: string;
  size: number;
  folderId: string;
  /** The form field it came in. */
  fieldName: string;
  sha256: string;
  md5: string;
}

export interface Asset extends Stored {
  assetId: string;
  type: AssetType;
  name: string;
  folderId: string;
  sourceFileId: string | undefined;
  createdBy: User;
  lastEditedAtMs: number;
  lastEditedBy: User;
  /** User id to how many changes. */
  contributions: Map<string, number>;
  /** The assets it uses itself. */
  dependencies: string[];
  /** What its description has beyond the defaults of its type. */
  content: Record<string, unknown>;
  /** Of a scene: entity id to components. */
  entities: Map<string, Record<string, Record<string, unknown>>>;
  thumbnail: { contentType: string; bytes: Buffer } | undefined;
}

export interface SessionClient {
  clientId: string;
  type: "user" | "guest" | "api";
  userId: string;
  username: string;
  isHeadless: boolean;
  /** The guest token's holder, so that a guest can be told from another. */
  guestId: string | undefined;
}

export interface Session extends Stored {
  sessionId: string;
  sceneId: string;
  createdBy: User;
  isTransient: boolean;
  rendererVersion: string | undefined;
  options: Record<string, unknown>;
  clients: SessionClient[];
  /** Since when it is without clients. */
  emptySinceMs: number;
}

export type Token = { expiresAtMs: number } & (
  | { kind: "user"; userId: string; scope: Access }
  | { kind: "guest"; sessionId: string; guestId: string }
);
