/**
 * Whether a request's path matches a pattern: with `*` the whole path must match (`*` stands for any characters, slashes
 * too), without it the path must begin with the pattern. The path is compared as sent and percent-decoded.
 */
export function matchesPath(pattern: string, path: string): boolean {
  const spellings = [path, decodedOrSame(path)];
  if (!pattern.includes("*")) return spellings.some((spelling) => spelling.startsWith(pattern));
  const whole = new RegExp(`^${pattern.split("*").map(escapeForRegExp).join(".*")}$`, "s");
  return spellings.some((spelling) => whole.test(spelling));
}

/** The percent-decoded path, or the path itself where the encoding is broken. */
export function decodedOrSame(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
