/** What a service runs: this very Node and script, with the home that it was installed for. */
export interface ServiceCommand {
  readonly node: string;
  readonly script: string;
  /** Null: where the platform keeps such things. */
  readonly home: string | null;
}

/** The same name on every system; there is one such service per person. */
export const serviceName = "asset-sync";

/** Stands in every unit that we write. What does not hold it is somebody else's, and stays as it is. */
export const serviceMarker = "Made by asset-sync: its command service uninstall removes it.";

export function isOurUnit(text: string): boolean {
  return text.includes(serviceMarker);
}

/** Program and arguments, in order. */
export function listServiceArguments({ script, home }: ServiceCommand): string[] {
  return [script, "serve", ...(home === null ? [] : ["--home", home])];
}

/** How often and how fast one that fails is started again: five times in ten minutes, then a person must look. */
export const restartLimits = { waitSeconds: 10, times: 5, withinSeconds: 600 } as const;
