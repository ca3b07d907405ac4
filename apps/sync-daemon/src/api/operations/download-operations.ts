import { Failure, failureRules } from "../../domain/failure.ts";
import { getProducts } from "../../sync/get-products.ts";
import { cancelDownload, holdDownload, moveDownload, resumeDownload } from "../../sync/hold-download.ts";
import { type ListedDownload, listDownloads } from "../../sync/list-downloads.ts";
import { requestProducts } from "../../sync/request-products.ts";
import type { DownloadEntry, DownloadsAnswer } from "../contract/downloads.ts";
import type { Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";

type DownloadOperations = Pick<
  Operations,
  "downloads" | "get" | "request" | "hold" | "resumeDownload" | "cancel" | "moveDownload"
>;

export function createDownloadOperations({ parts, loop, signal }: OperationsSettings): DownloadOperations {
  const list = async (limits: { open: number; ended: number }): Promise<DownloadsAnswer> => {
    const { downloads, ...total } = await listDownloads(parts, limits);
    return { downloads: downloads.map(toEntry), ...total };
  };
  const usual = { open: 500, ended: 50 };
  return {
    downloads: list,
    async get(request) {
      const got = await getProducts(parts, { ...request, signal });
      return {
        products: got.map(({ product, productId, folder, spent, failure, message }) => ({
          product,
          productId,
          state: failure === null ? "installed" : "failed",
          folder,
          spent,
          code: failure?.code ?? null,
          message,
        })),
      };
    },
    async request(request) {
      const { accepted, refused } = await requestProducts(parts, { ...request, signal });
      return { accepted: [...accepted], refused: [...refused] };
    },
    async hold({ id }) {
      await holdDownload(parts, parseId(id));
      return list(usual);
    },
    async resumeDownload({ id }) {
      await resumeDownload(parts, parseId(id), { wake: () => loop.wake(), signal });
      return list(usual);
    },
    async cancel({ id }) {
      await cancelDownload(parts, parseId(id));
      return list(usual);
    },
    async moveDownload({ id, to }) {
      moveDownload(parts, parseId(id), to);
      return list(usual);
    },
  };
}

function parseId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Failure("download-unknown", `There is no download "${text}".`);
}

const toIso = (ms: number): string => new Date(ms).toISOString();

function toEntry(listed: ListedDownload): DownloadEntry {
  const { row, title, state, position, bytes, totalBytes, bytesPerSecond, remainingMs, cost, folder, actions } = listed;
  const { failure } = row;
  return {
    id: row.id,
    productId: row.productId,
    title,
    assetType: row.assetType,
    downloadId: row.downloadId,
    archive: row.archiveName,
    requester: row.requester,
    state,
    position,
    bytes,
    totalBytes,
    bytesPerSecond,
    remainingMs,
    cost,
    folder,
    failure:
      failure === null
        ? null
        : {
            code: failure.code,
            message: failure.message,
            advice: failureRules[failure.code].advice,
            retryAt: failure.retryAtMs === null ? null : toIso(failure.retryAtMs),
          },
    actions: [...actions],
    updatedAt: toIso(row.updatedAtMs),
  };
}
