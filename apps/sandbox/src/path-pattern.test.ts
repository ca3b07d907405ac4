import { expect, test } from "vitest";
import { decodedOrSame, matchesPath } from "./path-pattern.ts";

test.each([
  ["/wp-json", "/wp-json/jwt-auth/v1/token", true],
  ["/token", "/wp-json/jwt-auth/v1/token", false],
  ["*token", "/wp-json/jwt-auth/v1/token", true],
  ["*token", "/wp-json/jwt-auth/v1/token/validate", false],
  ["/2025/*/Oak_*.zip", "/2025/06/28170130/Oak_Planks.zip", true],
  ["/2025/*.zip", "/2025/06/28170130/Oak_Planks.png", false],
  ["/a.b*", "/aXb", false],
  ["/Étagère", "/%C3%89tag%C3%A8re.zip", true],
  ["/a+(b", "/a+(b)", true],
  ["/x%ZZ", "/x%ZZ", true],
])("%s against %s is %s", (pattern, path, expected) => {
  expect(matchesPath(pattern, path)).toBe(expected);
});

test("a broken encoding is left as it is", () => {
  expect(decodedOrSame("/%ZZ")).toBe("/%ZZ");
});
