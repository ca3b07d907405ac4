import type { Download } from "./download.ts";
import { type FailureCode, failureRules } from "./failure.ts";
import type { KeptArchive } from "./plan.ts";
import type { Product } from "./product.ts";

/** What the row brought can never be installed, and the shop has something newer: there is nothing to finish any more. */
export function isSuperseded(row: Download, product: Pick<Product, "revision">): boolean {
  if (row.failure === null || row.revision === product.revision) return false;
  return failureRules[row.failure.code].class === "permanent";
}

/** A person who says `get` after a link expired wants a new one; what is whole or may still arrive is used first. */
export function linkMayWork(row: Download): boolean {
  const brokenLink: readonly FailureCode[] = [
    "link-expired",
    "link-refused",
    "archive-damaged",
    "archive-incomplete",
    "archive-not-zip",
    "download-damaged",
  ];
  if (row.failure === null) return true;
  // An archive that is kept may be of no use as well: a crash before it was refused leaves its row at "fetched".
  if (brokenLink.includes(row.failure.code)) return false;
  return row.state !== "fetched" || failureRules[row.failure.code].class !== "permanent";
}

/** What it takes to bring an open row into the library: 0 where it is paid for or its archive is kept. */
export function costToFinish(
  row: Download,
  known: { kept: KeptArchive | undefined; product: Product | undefined },
): 0 | 1 {
  const { kept, product } = known;
  if (kept !== undefined && kept.refused === null) return 0;
  const isHopeless = product !== undefined && isSuperseded(row, product);
  return row.state !== "planned" && !isHopeless && linkMayWork(row) ? 0 : 1;
}
