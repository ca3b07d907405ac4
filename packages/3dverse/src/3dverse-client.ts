import * as assetBytes from "./asset-bytes.ts";
import type { AssetDescription } from "./asset-descriptions.ts";
import * as assets from "./assets.ts";
import { type Connection, type ConnectionSettings, connect3dverse } from "./connection.ts";
import type { Credential } from "./credential.ts";
import type { AssetContainer } from "./data-types.ts";
import * as folderAssets from "./folder-assets.ts";
import * as folders from "./folders.ts";
import * as groups from "./groups.ts";
import * as scenes from "./scenes.ts";
import * as sessions from "./sessions.ts";
import * as sourceFiles from "./source-files.ts";
import * as uploads from "./upload-files.ts";
import * as uploadTasks from "./upload-tasks.ts";
import * as users from "./users.ts";
import * as waiting from "./wait-for-upload-task.ts";

/** A resource's functions without their first argument. */
type Bound<Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (connection: Connection, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/** Every documented operation as a method, and what is made of several. */
export interface Threedverse
  extends Bound<typeof users>,
    Bound<typeof groups>,
    Bound<typeof folders>,
    Bound<typeof sourceFiles>,
    Bound<typeof uploads>,
    Bound<typeof uploadTasks>,
    Bound<typeof waiting>,
    Bound<typeof folderAssets>,
    Omit<Bound<typeof assets>, "getAssetDescription">,
    Bound<typeof assetBytes>,
    Bound<typeof scenes>,
    Bound<typeof sessions> {
  /** What an asset is made of; its shape depends on the container. */
  getAssetDescription<Container extends AssetContainer>(
    options: assets.AssetOptions & { asset_container: Container },
  ): Promise<AssetDescription<Container>>;
  /** The same client for somebody else: `client.withCredential({ userToken }).getFolderInfo(…)`. */
  withCredential(credential: Credential): Threedverse;
  /** For the same functions as single imports. */
  readonly connection: Connection;
}

/** Builds a client of the 3dverse asset API; nothing is sent. Throws a `TypeError` for settings that cannot work. */
export function create3dverse(settings: ConnectionSettings): Threedverse {
  return bindAll(connect3dverse(settings));
}

function bindAll(connection: Connection): Threedverse {
  const resources = [
    users,
    groups,
    folders,
    sourceFiles,
    uploads,
    uploadTasks,
    waiting,
    folderAssets,
    assets,
    assetBytes,
    scenes,
    sessions,
  ];
  const methods: Record<string, unknown> = {
    connection,
    withCredential: (credential: Credential) => bindAll(connection.withCredential(credential)),
  };
  for (const resource of resources) {
    for (const [name, perform] of Object.entries(resource)) {
      methods[name] = (options?: unknown) =>
        (perform as (connection: Connection, options?: unknown) => unknown)(connection, options);
    }
  }
  return methods as unknown as Threedverse;
}
