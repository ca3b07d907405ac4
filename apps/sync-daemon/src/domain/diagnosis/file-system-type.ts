/** How a file system holds its files: on this computer, over a network, or in memory only. */
export type FileSystemPlace = "local" | "network" | "memory" | "unknown";

export interface FileSystemType {
  readonly name: string;
  readonly place: FileSystemPlace;
}

/** Numbers of `statfs(2)` on Linux; source: its manual page and linux/magic.h. FUSE may be either, so it says nothing. */
const linuxTypes: ReadonlyMap<number, FileSystemType> = new Map([
  [0xef53, { name: "ext4", place: "local" }],
  [0x58465342, { name: "XFS", place: "local" }],
  [0x9123683e, { name: "Btrfs", place: "local" }],
  [0xf2f52010, { name: "F2FS", place: "local" }],
  [0x2fc12fc1, { name: "ZFS", place: "local" }],
  [0xca451a4e, { name: "bcachefs", place: "local" }],
  [0x794c7630, { name: "overlay", place: "local" }],
  [0x4d44, { name: "FAT", place: "local" }],
  [0x2011bab0, { name: "exFAT", place: "local" }],
  [0x7366746e, { name: "NTFS", place: "local" }],
  [0x01021994, { name: "tmpfs", place: "memory" }],
  [0x858458f6, { name: "ramfs", place: "memory" }],
  [0x6969, { name: "NFS", place: "network" }],
  [0x517b, { name: "SMB", place: "network" }],
  [0xff534d42, { name: "SMB", place: "network" }],
  [0xfe534d42, { name: "SMB", place: "network" }],
  [0x00c36400, { name: "Ceph", place: "network" }],
  [0x5346414f, { name: "AFS", place: "network" }],
  [0x01021997, { name: "9P", place: "network" }],
  [0x65735546, { name: "FUSE", place: "unknown" }],
]);

/** The numbers differ from system to system; only Linux's are known here. */
export function nameFileSystem(type: number, platform: NodeJS.Platform): FileSystemType {
  const known = platform === "linux" ? linuxTypes.get(type >>> 0) : undefined;
  return known ?? { name: "a file system of unknown type", place: "unknown" };
}
