// Run as a child process: swaps a folder for a link and back, at random moments, until it is killed.
import { renameSync, symlinkSync, unlinkSync } from "node:fs";

const [, , folder = "", outside = ""] = process.argv;

function waitAtRandom(): void {
  const endAt = performance.now() + Math.random();
  while (performance.now() < endAt);
}

process.stdout.write("begins\n");
for (let round = 0; ; round += 1) {
  waitAtRandom();
  renameSync(folder, `${folder}.real`);
  for (let isBack = false; !isBack; ) {
    try {
      symlinkSync(outside, folder);
      waitAtRandom();
      unlinkSync(folder);
      renameSync(`${folder}.real`, folder);
      isBack = true;
    } catch {
      // The folder was made anew in the instant it was away.
      renameSync(folder, `${folder}.other-${round}-${Math.random()}`);
    }
  }
}
