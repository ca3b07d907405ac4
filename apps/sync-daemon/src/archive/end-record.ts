/** Where a zip's central directory lies and how many entries it lists, as its end record says. All sizes in bytes. */
export interface EndRecord {
  readonly entryCount: number;
  readonly directoryOffset: number;
  readonly directoryBytes: number;
}

export type EndRecordAnswer =
  | { readonly outcome: "found"; readonly record: EndRecord }
  | { readonly outcome: "incomplete" | "damaged" | "unsupported"; readonly reason: string };

// Layouts: PKWARE APPNOTE 4.3.14 to 4.3.16.
const endBytes = 22;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;
const endSignature64 = 0x06064b50;
const endBytes64 = 56;
const maxCommentBytes = 0xffff;

/** How many bytes from the end of the file `findEndRecord` wants to see: every end record lies within them. */
export const endRecordReach = endBytes64 + locatorBytes + endBytes + maxCommentBytes;

const damaged = (reason: string): EndRecordAnswer => ({ outcome: "damaged", reason });

/**
 * Finds the one end record in the last bytes of a zip. Exactly one may fit the end of the file, because programs that
 * search in different directions would otherwise see different contents; its offsets must close up without a gap.
 */
export function findEndRecord(file: { tail: Buffer; fileBytes: number }): EndRecordAnswer {
  const { tail, fileBytes } = file;
  let first: number | undefined;
  let last = -1;
  for (let at = tail.indexOf("PK\x05\x06", 0, "latin1"); at >= 0; at = tail.indexOf("PK\x05\x06", at + 1, "latin1")) {
    last = at;
    if (at + endBytes <= tail.length && at + endBytes + tail.readUInt16LE(at + 20) === tail.length) first ??= at;
  }
  if (first === undefined) return explainMissingEnd({ tail, fileBytes, last });
  const at = first;
  if (at !== last) return damaged("has two ends, so different programs would find different files in it");
  const hasLocator = at >= locatorBytes && tail.readUInt32LE(at - locatorBytes) === locatorSignature;
  return hasLocator ? readEnd64({ tail, fileBytes, at }) : readEnd({ tail, fileBytes, at });
}

/** No end record reaches exactly to the end of the file: is the file cut, or does something follow the zip? */
function explainMissingEnd(file: { tail: Buffer; fileBytes: number; last: number }): EndRecordAnswer {
  const { tail, fileBytes, last } = file;
  if (last >= 0 && last + endBytes <= tail.length) {
    const position = fileBytes - tail.length + last;
    const closesUp = tail.readUInt32LE(last + 12) + tail.readUInt32LE(last + 16) === position;
    const following = tail.length - last - endBytes - tail.readUInt16LE(last + 20);
    if (closesUp && following > 0) return damaged(`is followed by ${following} bytes that do not belong to it`);
  }
  return { outcome: "incomplete", reason: "ends before its list of files does" };
}

function readEnd(file: { tail: Buffer; fileBytes: number; at: number }): EndRecordAnswer {
  const { tail, fileBytes, at } = file;
  const isSplit = tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 6) !== 0;
  if (isSplit) return { outcome: "unsupported", reason: "is one part of an archive split into several files" };
  if (tail.readUInt16LE(at + 8) !== tail.readUInt16LE(at + 10)) return damaged("gives two different numbers of files");
  const record = {
    entryCount: tail.readUInt16LE(at + 10),
    directoryBytes: tail.readUInt32LE(at + 12),
    directoryOffset: tail.readUInt32LE(at + 16),
  };
  return closeUp(record, fileBytes - tail.length + at);
}

function readEnd64(file: { tail: Buffer; fileBytes: number; at: number }): EndRecordAnswer {
  const { tail, fileBytes, at } = file;
  const tailStart = fileBytes - tail.length;
  const locatorAt = at - locatorBytes;
  const recordPosition = Number(tail.readBigUInt64LE(locatorAt + 8));
  const recordAt = recordPosition - tailStart;
  if (recordAt < 0 || recordAt + endBytes64 > locatorAt || tail.readUInt32LE(recordAt) !== endSignature64) {
    return damaged("has an end (zip64) that is not where it says");
  }
  const recordBytes = Number(tail.readBigUInt64LE(recordAt + 4)) + 12;
  if (recordAt + recordBytes !== locatorAt) return damaged("has an end (zip64) of the wrong length");
  const isSplit = tail.readUInt32LE(recordAt + 16) !== 0 || tail.readUInt32LE(recordAt + 20) !== 0;
  if (isSplit) return { outcome: "unsupported", reason: "is one part of an archive split into several files" };
  const record = {
    entryCount: Number(tail.readBigUInt64LE(recordAt + 32)),
    directoryBytes: Number(tail.readBigUInt64LE(recordAt + 40)),
    directoryOffset: Number(tail.readBigUInt64LE(recordAt + 48)),
  };
  // Each old field either defers to the zip64 record or says the same.
  const agrees =
    Number(tail.readBigUInt64LE(recordAt + 24)) === record.entryCount &&
    [0xffff, record.entryCount].includes(tail.readUInt16LE(at + 8)) &&
    [0xffff, record.entryCount].includes(tail.readUInt16LE(at + 10)) &&
    [0xffffffff, record.directoryBytes].includes(tail.readUInt32LE(at + 12)) &&
    [0xffffffff, record.directoryOffset].includes(tail.readUInt32LE(at + 16));
  if (!agrees) return damaged("has two ends (zip and zip64) that disagree");
  return closeUp(record, recordPosition);
}

const smallestEntryBytes = 46;

function closeUp(record: EndRecord, endPosition: number): EndRecordAnswer {
  if (record.directoryOffset + record.directoryBytes !== endPosition) {
    return damaged("has a list of files that is not where its end says");
  }
  if (record.entryCount * smallestEntryBytes > record.directoryBytes) {
    return damaged(`claims ${record.entryCount} files, more than its list can hold`);
  }
  return { outcome: "found", record };
}
