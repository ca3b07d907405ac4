import type { HostName } from "../host-name.ts";
import { matchesPath } from "../path-pattern.ts";
import { type CompleteFault, type Fault, type FaultKind, parseFault } from "./fault.ts";

/** A fault as the list shows it. */
export interface FaultReport {
  id: number;
  fault: CompleteFault;
  /** How many requests it was aimed at so far, those of `afterMatches` included. */
  matched: number;
  /** How often it took effect. A cut behind the end of a short body matches and does not fire. */
  fired: number;
}

/** The faults that meet one request. Each counts as fired only once it took effect. */
export interface ActiveFaults {
  /** The first fault of that kind, or undefined. Looking does not fire it. */
  find<K extends FaultKind>(kind: K): Extract<CompleteFault, { kind: K }> | undefined;
  /** Says that the fault of that kind took effect on this request. */
  fire(kind: FaultKind): void;
  /** Which kinds took effect. */
  fired(): FaultKind[];
  /** Gives back the turns of those that had no effect. */
  release(): void;
}

export interface FaultList {
  add(fault: Fault): number;
  list(): FaultReport[];
  clear(): void;
  /** Removes one fault; false where there is none of that number. */
  remove(id: number): boolean;
  meet(request: { host: HostName; method: string; path: string }): ActiveFaults;
}

interface Row extends FaultReport {
  /** Turns taken by requests under way; given back where the fault had no effect. */
  reserved: number;
}

export function createFaultList(): FaultList {
  let rows: Row[] = [];
  let lastId = 0;
  return {
    add(given) {
      const fault = parseFault(given);
      lastId += 1;
      rows.push({ id: lastId, fault, matched: 0, fired: 0, reserved: 0 });
      return lastId;
    },
    list: () => rows.map(({ id, fault, matched, fired }) => structuredClone({ id, fault, matched, fired })),
    clear() {
      rows = [];
    },
    remove(id) {
      const before = rows.length;
      rows = rows.filter((row) => row.id !== id);
      return rows.length < before;
    },
    meet(request) {
      const met: Row[] = [];
      for (const row of rows) {
        if (!isAimedAt(row.fault, request)) continue;
        row.matched += 1;
        if (row.matched <= (row.fault.afterMatches ?? 0)) continue;
        if (row.fault.times !== undefined && row.fired + row.reserved >= row.fault.times) continue;
        // Two faults of one kind on one request could not both show; the later one waits for its turn.
        if (met.some((other) => other.fault.kind === row.fault.kind)) continue;
        row.reserved += 1;
        met.push(row);
      }
      return activeFaults(met);
    },
  };
}

function activeFaults(met: Row[]): ActiveFaults {
  const firedRows = new Set<Row>();
  return {
    find<K extends FaultKind>(kind: K) {
      const row = met.find((candidate) => candidate.fault.kind === kind);
      return row?.fault as Extract<CompleteFault, { kind: K }> | undefined;
    },
    fire(kind) {
      const row = met.find((candidate) => candidate.fault.kind === kind);
      if (row === undefined || firedRows.has(row)) return;
      firedRows.add(row);
      row.fired += 1;
      row.reserved -= 1;
    },
    fired: () => [...firedRows].map((row) => row.fault.kind),
    release() {
      for (const row of met) if (!firedRows.has(row)) row.reserved -= 1;
    },
  };
}

function isAimedAt(fault: CompleteFault, request: { host: HostName; method: string; path: string }): boolean {
  return (
    (fault.host === "*" || fault.host === request.host) &&
    (fault.method === undefined || fault.method.toUpperCase() === request.method) &&
    (fault.path === undefined || matchesPath(fault.path, request.path))
  );
}
