export {
  ApiError,
  type ApiErrorKind,
  type HttpLogger,
  type HttpSettings,
  type ProxySettings,
  type RedactedRequest,
  type RetrySettings,
  type Timeouts,
} from "@org/http-core/policy";
export { create3dverse, type Threedverse } from "./3dverse-client.ts";
export { serviceErrorCode } from "./3dverse-error.ts";
export { exportAsset, getAssetPayload, getAssetThumbnail, packageAsset, setAssetThumbnail } from "./asset-bytes.ts";
export type {
  AssetDescription,
  AssetDescriptionBase,
  AssetDescriptionFields,
  Submesh,
} from "./asset-descriptions.ts";
export { type AssetList, type AssetName, flattenAssetList, type ListedAsset } from "./asset-list.ts";
export type {
  AssetDependency,
  AssetDetails,
  AssetDuplication,
  AssetDuplicationResult,
  AssetFilter,
  AssetReference,
  DependencyFilters,
  FolderAssetFilter,
  ImportResult,
  NewAsset,
} from "./assets.schema.ts";
export {
  type AssetOptions,
  deleteAsset,
  deleteAssets,
  getAssetCode,
  getAssetCustomTypes,
  getAssetDependencies,
  getAssetDescription,
  getAssetDetails,
  getAssetFolder,
  getAssetHistory,
  getAssetMeta,
  getAssetReferences,
  getAssetSourceFile,
  listAssets,
  renameAsset,
} from "./assets.ts";
export type { BinaryAnswer } from "./binary-answer.ts";
export type { CallOptions } from "./call.ts";
export {
  type Connection,
  type ConnectionSettings,
  connect3dverse,
  defaultBaseUrl,
  defaultUploadFieldName,
} from "./connection.ts";
export type { Credential, CredentialKind } from "./credential.ts";
export {
  type Access,
  type AssetContainer,
  type AssetContainerExportable,
  type AssetContainerWithCode,
  type AssetContainerWithCustomTypes,
  type AssetContainerWithPayload,
  type AssetType,
  assetContainers,
  type MemberType,
  type OpaqueObject,
  type Open,
} from "./data-types.ts";
export type { EntityComponents, EntityReference } from "./entity-components.ts";
export type { FileSource } from "./file-source.ts";
export {
  createAsset,
  createCubemap,
  createMaterial,
  getFolderAssets,
  importAssets,
  moveAssets,
} from "./folder-assets.ts";
export type { Folder, FolderAccesses, NewFolder } from "./folders.schema.ts";
export {
  createFolder,
  createSubfolder,
  deleteFolder,
  getFolderInfo,
  getSessionsInFolder,
  grantMemberAccessToFolder,
  listFolderAccesses,
  listFolderSubFolders,
  listFolders,
  moveFolders,
  revokeMemberAccessToFolder,
  updateFolder,
} from "./folders.ts";
export type { Group, GroupMember } from "./groups.schema.ts";
export {
  createGroup,
  deleteGroup,
  getGroup,
  grantMemberAccessToGroup,
  type NewGroupMember,
  revokeMemberAccessToGroup,
  updateGroupDescription,
} from "./groups.ts";
export type { ListPage, PagedList, WindowOptions } from "./paged-list.ts";
export {
  createEntity,
  deleteEntity,
  type Entity,
  getEntity,
  getSceneAABB,
  getSceneSessions,
  getSceneSettings,
  updateEntity,
} from "./scenes.ts";
export type { Session, SessionClient, SessionFilters, SessionToken } from "./sessions.schema.ts";
export {
  createSession,
  generateGuestToken,
  getClient,
  getRunningSessions,
  getSession,
  joinSession,
  joinSessionAsGuest,
  kickClientFromSession,
  killSession,
} from "./sessions.ts";
export type { SourceFile, SourceFileFilters } from "./source-files.schema.ts";
export {
  deleteSourceFiles,
  downloadSourceFile,
  getSourceFileAssets,
  getSourceFileDetails,
  getSourceFilesInFolder,
  listSourceFiles,
  moveSourceFiles,
  updateSourceFileDetails,
} from "./source-files.ts";
export type { AfterCreate } from "./transport/with-retries.ts";
export { type Uploaded, uploadFiles, uploadSourceFiles } from "./upload-files.ts";
export type { UploadProgress } from "./upload-progress.ts";
export type { ConversionTask, UploadTask } from "./upload-tasks.schema.ts";
export {
  getConversionTaskMetadata,
  getUploadTask,
  getUploadTasks,
  getUploadTasksInFolder,
} from "./upload-tasks.ts";
export type { User, UserToken } from "./users.schema.ts";
export {
  deleteUser,
  generateUserToken,
  getUser,
  getUserGroups,
  getUserUploadTasks,
  listUsers,
  registerUser,
  updateUser,
} from "./users.ts";
export { type FinishedUpload, waitForUploadTask } from "./wait-for-upload-task.ts";
