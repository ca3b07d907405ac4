import type { WatchedEvent } from "@org/sync-daemon/contract/activity";
import type { libraryWords } from "../library/library-words.ts";
import type { Say } from "../words/define-words.ts";
import type { Formats } from "../words/format.ts";
import type { eventWords } from "./event-words.ts";

interface Speech {
  readonly say: Say<typeof eventWords>;
  readonly sayType: Say<Pick<typeof libraryWords, "model" | "material" | "geonode" | "fx">>;
  readonly formats: Pick<Formats, "bytes" | "duration" | "list">;
}

/** An event as a sentence. What the daemon says itself stays in its own words. */
export function describeEvent(event: WatchedEvent, { say, sayType, formats }: Speech): string {
  switch (event.type) {
    case "sync-finished": {
      const { committed: count, failed, spent, durationMs } = event;
      return say("sync-finished", { count, failed, spent, time: formats.duration(durationMs) });
    }
    case "sync-failed":
    case "catalog-refused":
    case "config-refused":
    case "state-rebuilt":
      return say(event.type, { message: event.message });
    case "catalog-replaced":
      return say("catalog-replaced", { count: event.products });
    case "plan-made":
      return say("plan-made", { count: event.downloads, deferred: event.deferred });
    case "spend-reserved":
    case "spend-confirmed":
      return say(event.type, { id: String(event.productId) });
    case "spend-released":
    case "spend-in-doubt":
      return say(event.type, { id: String(event.productId), message: event.message });
    case "download-started":
      return say(event.resumed ? "download-resumed" : "download-started", { title: event.title });
    case "download-progressed":
      return say("download-progressed", { title: event.title });
    case "download-fetched":
      return say("download-fetched", { title: event.title, bytes: formats.bytes(event.bytes) });
    case "download-failed":
      return say("download-failed", { title: event.title, message: event.message });
    case "asset-committed": {
      const sentence = say("asset-committed", { title: event.title, folder: event.folder });
      return event.note === undefined ? sentence : `${sentence}. ${event.note}`;
    }
    case "asset-removed":
    case "asset-edited":
      return say(event.type, { folder: event.folder });
    case "catalog-file-updated":
    case "catalog-file-edited":
    case "library-found":
      return say(event.type, { type: sayType(event.assetType) });
    case "library-lost":
      return say("library-lost", { type: sayType(event.assetType), message: event.message });
    case "library-recovered": {
      const { restored, finished, unresolved } = event;
      return say("library-recovered", {
        type: sayType(event.assetType),
        restored: restored.length,
        finished: finished.length,
        unresolved: unresolved.length,
      });
    }
    case "library-moved": {
      const sentence = say(`library-${event.state}`);
      return event.message === null ? sentence : `${sentence} ${event.message}`;
    }
    case "config-changed":
      return say("config-changed", { keys: formats.list([...event.applied, ...event.needsRestart]) });
    default:
      return say(event.type);
  }
}
