import { Gauge, Histogram, Registry } from "prom-client";
import type { EventLog } from "../event-stream.ts";
import { createEventCounters } from "./event-counters.ts";
import { createMeasures, type MeasuredParts } from "./measures.ts";

/** Counts and measures in Prometheus' text format. Counters begin at 0 with the daemon; nothing is sent anywhere. */
export interface Metrics {
  readonly contentType: string;
  /** Measures what is measured only when asked for, and writes all of it down. */
  read(): Promise<string>;
  /** For `watchQueue`. */
  noteInstall(ended: { ms: number; succeeded: boolean }): void;
  /** What is there to be looked at once the daemon's parts are; until then only the counters are. */
  watch(parts: MeasuredParts): void;
}

/** From a small material on a fast disk to a scene of many gigabytes on a slow one. Policy figures. */
const installBuckets = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000];

export function createMetrics(settings: { events: EventLog; version: string; startedAtMs: number }): Metrics {
  const { events, version, startedAtMs } = settings;
  // One of its own: the library's global one would be shared by two daemons in one process.
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `asset_sync_${name}`, help, registers });
  const installs = new Histogram({
    name: "asset_sync_install_seconds",
    help: "How long it took to inspect, unpack and put in place one archive.",
    labelNames: ["outcome"],
    buckets: installBuckets,
    registers,
  });

  new Gauge({ name: "asset_sync_build_info", help: "1, with the version.", labelNames: ["version"], registers })
    .labels(version)
    .set(1);
  gauge("start_time_seconds", "When the daemon started, as Unix time.").set(startedAtMs / 1_000);
  const count = createEventCounters(registry);
  events.subscribe((event) => {
    if (event.type !== "events-lost") count(event);
  });

  let measure: () => Promise<void> = async () => {};
  return {
    contentType: registry.contentType,
    noteInstall: ({ ms, succeeded }) => installs.labels(succeeded ? "installed" : "failed").observe(ms / 1_000),
    watch(measured) {
      measure = createMeasures(registry, measured);
    },
    async read() {
      await measure();
      return registry.metrics();
    },
  };
}
