/** What a status will be and when; in order of time. */
export type Timeline = { atMs: number; status: string }[];

/** A job's course: queued, processing, outcome. The 3D viewer and AR go through Blender for the second half. */
export function jobTimeline(job: {
  nowMs: number;
  queuedMs: number;
  processingMs: number;
  outcome: string;
  hasBlenderStep: boolean;
}): Timeline {
  const { nowMs, queuedMs, processingMs, outcome, hasBlenderStep } = job;
  const startMs = nowMs + queuedMs;
  return [
    { atMs: nowMs, status: "Not Done" },
    { atMs: startMs, status: "Processing" },
    ...(hasBlenderStep ? [{ atMs: startMs + processingMs / 2, status: "Blender Processing" }] : []),
    { atMs: startMs + processingMs, status: outcome },
  ];
}

export function statusAt(timeline: Timeline, nowMs: number): string {
  return timeline.findLast(({ atMs }) => atMs <= nowMs)?.status ?? "Not Done";
}

/** The same course with its end reached by `nowMs`. */
export function finished(timeline: Timeline, nowMs: number): Timeline {
  return timeline.map(({ atMs, status }) => ({ atMs: Math.min(atMs, nowMs), status }));
}

/** `2026-02-16T16:39:49.974021+05:30`: Django's form, in the zone of the samples. */
export function formatImagineTime(atMs: number): string {
  const zoneMs = 5.5 * 60 * 60 * 1000;
  return `${new Date(atMs + zoneMs).toISOString().slice(0, -1)}021+05:30`;
}
