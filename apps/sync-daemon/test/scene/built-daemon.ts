const built = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;

// The daemon as it is published, in this process. Typed by its sources, so that types can be checked without a build.
export const { startDaemon }: typeof import("../../src/daemon.ts") = await import(built("daemon.js"));

/** Of the same build: the daemon knows its errors by their class. */
export const { createConfigAccess }: typeof import("../../src/config/config-access.ts") = await import(
  built("config/config-access.js")
);
