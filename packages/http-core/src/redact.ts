/** A URL as it may be printed: no user info, no fragment, secret-looking query values replaced. */
export function redactUrl(_url: string | URL): string {
  throw new Error("not written yet");
}

/** Headers as they may be printed. */
export function redactHeaders(_headers: Record<string, unknown>): Record<string, string> {
  throw new Error("not written yet");
}

/** Makes a function that replaces the given values, and whatever looks like a secret, in any text. */
export function createSecretScrubber(_values: Iterable<string> = []): (text: string) => string {
  throw new Error("not written yet");
}
