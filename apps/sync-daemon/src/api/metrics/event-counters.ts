import { Counter, type Registry } from "prom-client";
import type { PublishedEvent } from "../../domain/event.ts";

/** What is counted as it happens. */
export function createEventCounters(registry: Registry): (event: PublishedEvent) => void {
  const registers = [registry];
  const polls = new Counter({ name: "asset_sync_polls_total", help: "Looks for news at the shop.", registers });
  const syncs = new Counter({
    name: "asset_sync_syncs_total",
    help: "Syncs that ended. One that finished may have failed for single products.",
    labelNames: ["outcome"],
    registers,
  });
  const refreshes = new Counter({
    name: "asset_sync_catalog_refreshes_total",
    help: "New catalogs that were taken, and those that were not believed.",
    labelNames: ["outcome"],
    registers,
  });
  const spends = new Counter({
    name: "asset_sync_spends_total",
    help: "Steps of spends: each reserved one is confirmed, released or in doubt later.",
    labelNames: ["outcome"],
    registers,
  });
  const downloads = new Counter({
    name: "asset_sync_downloads_total",
    help: "Transfers that began, and whole archives that came.",
    labelNames: ["step"],
    registers,
  });
  const bytes = new Counter({
    name: "asset_sync_fetched_bytes_total",
    help: "Bytes of archives that came whole, with what earlier runs had fetched of them.",
    registers,
  });
  const commits = new Counter({
    name: "asset_sync_installs_total",
    help: "Assets that appeared in a library.",
    labelNames: ["asset_type"],
    registers,
  });
  const failures = new Counter({
    name: "asset_sync_failures_total",
    help: "Failures by code, as docs/faults.md names them.",
    labelNames: ["code"],
    registers,
  });
  // Written as 0 from the start, so that the first one is a rise.
  for (const outcome of ["finished", "failed"]) syncs.labels(outcome).inc(0);
  for (const outcome of ["replaced", "refused"]) refreshes.labels(outcome).inc(0);
  for (const outcome of ["reserved", "confirmed", "released", "in-doubt"]) spends.labels(outcome).inc(0);
  for (const step of ["started", "fetched"]) downloads.labels(step).inc(0);

  return (event) => {
    if ("code" in event) failures.labels(event.code).inc();
    switch (event.type) {
      case "sync-started":
        polls.inc();
        break;
      case "sync-finished":
        syncs.labels("finished").inc();
        break;
      case "sync-failed":
        syncs.labels("failed").inc();
        break;
      case "catalog-replaced":
        refreshes.labels("replaced").inc();
        break;
      case "catalog-refused":
        refreshes.labels("refused").inc();
        break;
      case "spend-reserved":
      case "spend-confirmed":
      case "spend-released":
      case "spend-in-doubt":
        spends.labels(event.type.slice("spend-".length)).inc();
        break;
      case "download-started":
        downloads.labels("started").inc();
        break;
      case "download-fetched":
        downloads.labels("fetched").inc();
        bytes.inc(event.bytes);
        break;
      case "asset-committed":
        commits.labels(event.assetType).inc();
        break;
    }
  };
}
