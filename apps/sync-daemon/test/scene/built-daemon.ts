const { href: daemonModule } = new URL("../../dist/daemon.js", import.meta.url);

/** The daemon as it is published, in this process. Typed by its sources, so that types can be checked without a build. */
export const { startDaemon }: typeof import("../../src/daemon.ts") = await import(daemonModule);
