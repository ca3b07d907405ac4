import { describe, expect, it } from "vitest";
import { consoleRequestOf } from "./console-request.ts";

const navigation = { mode: "navigate", destination: "document", accept: undefined };
const fetched = { mode: "cors", destination: "empty", accept: "*/*" };
/** Such as curl, and Node's fetch, which says that its mode is "cors". */
const silent = { mode: "cors", destination: undefined, accept: "*/*" };

describe("a request for the console", () => {
  it.each(["/", "/catalog", "/products/132611", "/settings/account", "/?view=grid", "/API/v1/status"])(
    "is a navigation to %s",
    (url) => {
      expect(consoleRequestOf({ method: "GET", url, ...navigation })).toEqual({ kind: "page" });
      expect(consoleRequestOf({ method: "HEAD", url, ...navigation })).toEqual({ kind: "page" });
      expect(consoleRequestOf({ method: "POST", url, ...navigation })).toBeNull();
      expect(consoleRequestOf({ method: "GET", url, ...fetched })).toBeNull();
      expect(consoleRequestOf({ method: "GET", url, ...navigation, destination: "iframe" })).toBeNull();
      expect(consoleRequestOf({ method: "GET", url, ...silent })).toEqual(url === "/" ? { kind: "page" } : null);
      expect(consoleRequestOf({ method: "GET", url, ...silent, accept: "text/html,*/*" })).toEqual({ kind: "page" });
    },
  );

  it.each([
    ["/assets/index-Bx_1.js", "assets/index-Bx_1.js", true],
    ["/assets/index.css?x=1", "assets/index.css", true],
    ["/favicon.svg", "favicon.svg", false],
    ["/manifest.webmanifest", "manifest.webmanifest", false],
  ])("is one for the file %s", (url, name, isHashed) => {
    for (const from of [navigation, fetched, silent])
      expect(consoleRequestOf({ method: "GET", url, ...from })).toEqual({ kind: "file", name, isHashed });
  });

  it.each([
    "/api",
    "/api/v1/status",
    "/metrics",
    "/healthz",
    "/page-session",
    "/page-landing",
    "/pictures/1/0/small",
    "/assets",
    "/assets/",
    "/assets/..",
    "/assets/../api.json",
    "/assets/.hidden",
    "/assets/a/b.js",
    "/assets/a%2fb.js",
    "/catalog/../api/v1/status",
    "/catalog/./x",
    "/%61pi/v1/status",
    "/catalog/",
    "//api/v1/status",
    "/\\api",
    "/index.html",
    "/page.js",
    "/.svg",
    "/open/",
    "",
  ])("is not one for %j", (url) => {
    expect(consoleRequestOf({ method: "GET", url, ...navigation })).toBeNull();
  });
});
