import { isAbsolute, resolve } from "node:path";
import { Failure } from "../../domain/failure.ts";
import { adopt } from "../../sync/adopt.ts";
import { repairAssets } from "../../sync/repair-assets.ts";
import { restorePrevious } from "../../sync/restore-previous.ts";
import { verifyAssets } from "../../sync/verify-assets.ts";
import type { Operations } from "../contract/operations.ts";
import { folderOf } from "./asset-index.ts";
import type { OperationsSettings } from "./operations-settings.ts";

export function createLibraryOperations({
  parts,
  loop,
  signal,
}: OperationsSettings): Pick<Operations, "verify" | "repair" | "adopt"> {
  return {
    async verify(request) {
      const { assets, damaged, rotten, unseen } = await verifyAssets(parts, { ...request, signal, archives: true });
      return {
        assets,
        problems: [...rotten, ...unseen].map(({ code, message }) => ({ code, message })),
        damaged: damaged.map(({ asset, missing, edited, repairable }) => ({
          productId: asset.manifest.productId,
          title: asset.manifest.title,
          folder: folderOf(asset),
          missing: [...missing],
          edited: [...edited],
          repairable,
        })),
      };
    },
    async adopt({ folders, dryRun }) {
      const relative = folders.find((folder) => !isAbsolute(folder));
      if (relative !== undefined) {
        throw new Failure("folder-relative", `"${relative}" is not a whole path.`, { path: relative });
      }
      const { adopted, passed } = await adopt(parts, {
        folders: folders.map((folder) => resolve(folder)),
        dryRun,
        signal,
      });
      // What rules ask for of it is installed at once.
      if (adopted.length > 0 && !dryRun) loop.wake();
      return {
        adopted: adopted.map(({ product, archive, path, kind, message }) => ({
          productId: product.id,
          title: product.title,
          downloadId: archive.downloadId,
          path,
          kind,
          message,
        })),
        passed: [...passed],
      };
    },
    async repair(request) {
      const { products, previous } = request;
      const results = previous
        ? await restorePrevious(parts, { products, signal })
        : await repairAssets(parts, { products, signal });
      const done = previous ? "The version before is back" : "Whole again";
      const staying = previous ? " Updates leave it alone until you `get` the product." : "";
      return {
        repaired: results.flatMap(({ productId, folder }) =>
          folder === null ? [] : [{ productId, folder, message: `${done} in ${folder}, no download spent.${staying}` }],
        ),
        failed: results.flatMap(({ productId, failure }) =>
          failure === null ? [] : [{ productId, code: failure.code, message: failure.message }],
        ),
      };
    },
  };
}
