import { readPageSessions, writePageSessions } from "./page-session-file.ts";
import { createPageSignIn, type PageSignIn } from "./page-sign-in.ts";

/**
 * The sign-in of pages with its sessions kept in a file, so that an open page comes back by itself after the daemon was
 * stopped and started. A file that cannot be written is told to `onProblem`; pages then sign in anew after a restart.
 */
export async function openPageSignIn(settings: {
  file: string | null;
  onProblem: (message: string) => void;
}): Promise<{ readonly pages: PageSignIn; close(): Promise<void> }> {
  const { file, onProblem } = settings;
  const elapsed = () => performance.now();
  const now = () => Date.now();
  if (file === null) return { pages: createPageSignIn({ elapsed, now }), close: async () => {} };

  let isClosed = false;
  let written: Promise<void> = Promise.resolve();
  const kept = await readPageSessions(file);
  const write = () => {
    written = written
      .then(() => writePageSessions(file, pages.sessions()))
      .catch((error: Error) => onProblem(`Open pages will have to be opened anew after a restart: ${error.message}`));
  };
  const pages = createPageSignIn({
    elapsed,
    now,
    kept,
    onChange: () => {
      if (!isClosed) write();
    },
  });
  return {
    pages,
    async close() {
      if (!isClosed && pages.sessions().length > 0) write();
      isClosed = true;
      await written;
    },
  };
}
