/** Licences that let a program with them be given away under MIT, with their notices kept. */
const allowedLicences = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
]);

/** Is `expression`, the field `license` of a package.json, such a licence? Of `A OR B` one must be, of `A AND B` both. */
export function isAllowedLicence(expression: unknown): boolean {
  if (typeof expression !== "string") return false;
  return expression
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((part) => part.split(" AND ").every((licence) => allowedLicences.has(licence.trim())));
}
