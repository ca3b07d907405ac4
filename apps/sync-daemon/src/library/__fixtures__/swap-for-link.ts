// Run as a child process: swaps a folder for a link and back, at random moments, until it is killed.
import { renameSync, symlinkSync, unlinkSync } from "node:fs";

const [, , folder = "", outside = ""] = process.argv;

function waitAtRandom(): void {
  const endAt = performance.now() + Math.random();
  while (performance.now() < endAt);
}

/** Whether it could be done: somebody else may have removed the folder or made it anew in the instant it was away. */
function couldBeDone(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

process.stdout.write("begins\n");
for (let round = 0; ; round += 1) {
  waitAtRandom();
  if (!couldBeDone(() => renameSync(folder, `${folder}.real`))) continue;
  for (let isBack = false; !isBack; ) {
    isBack = couldBeDone(() => {
      symlinkSync(outside, folder);
      waitAtRandom();
      unlinkSync(folder);
      renameSync(`${folder}.real`, folder);
    });
    isBack ||= !couldBeDone(() => renameSync(folder, `${folder}.other-${round}-${Math.random()}`));
  }
}
