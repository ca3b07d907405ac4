import { existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { basename } from "node:path";
import { shell, shellQuietly } from "./shell.ts";

/** How ext4 is mounted. The second is harder: file data may come after the names, and no rename is helped along. */
export const mountOptions = ["defaults", "data=writeback,noauto_da_alloc,commit=1"] as const;
export type MountOptions = (typeof mountOptions)[number];

/** Makes an empty ext4 in a sparse file of its own. `extra`: further arguments of mkfs.ext4. */
export async function makeExt4(image: string, bytes: number, extra: readonly string[] = []): Promise<void> {
  const file = await open(image, "w");
  await file.truncate(bytes);
  await file.close();
  await shell("mkfs.ext4", "-q", "-F", "-J", "size=4", "-E", "nodiscard,lazy_itable_init=0", ...extra, image);
}

/** A block device behind a file, mounted. */
export interface MountedLoop {
  readonly device: string;
  /** Unmounts and frees the device. May be called again. */
  release(): Promise<void>;
}

/** Attaches `file` to a free loop device and mounts it at `folder`. Nothing stays attached when that fails. */
export async function mountLoop(
  file: string,
  folder: string,
  options: MountOptions | string = "defaults",
): Promise<MountedLoop> {
  await mkdir(folder, { recursive: true });
  const device = (await shell("losetup", "--find", "--show", file)).trim();
  let isReleased = false;
  const release = async (): Promise<void> => {
    if (isReleased) return;
    isReleased = true;
    await unmount(folder);
    await isLetGo(device);
    await shellQuietly("losetup", "--detach", device);
  };
  try {
    await shell("mount", "-t", "ext4", "-o", options, device, folder);
  } catch (error) {
    await release();
    throw error;
  }
  return { device, release };
}

/**
 * Unmounting ends here only; a process in another mount namespace, such as a sandbox of another test, may hold the file
 * system a while longer. Until then its device must not get another content.
 */
async function isLetGo(device: string): Promise<void> {
  const held = `/sys/fs/ext4/${basename(device)}`;
  for (let tries = 0; existsSync(held); tries += 1) {
    // Longer than any other test keeps a namespace of its own.
    if (tries === 12_000) throw new Error(`${device} is still mounted somewhere, 10 min after it was unmounted here.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Unmounts `folder`; a process that was killed a moment ago may hold it for an instant. */
export async function unmount(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      await shell("mountpoint", "-q", folder);
    } catch {
      return;
    }
    await shellQuietly("umount", folder);
    await new Promise((resolve) => setTimeout(resolve, tries * 4));
  }
  await shell("umount", "--lazy", folder);
}
