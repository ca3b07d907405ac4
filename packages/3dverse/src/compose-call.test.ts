import { ApiError } from "@org/http-core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { composePath, composeQuery } from "./compose-call.ts";

it.each(["", " ", ".", "..", undefined, null, 7, {}, "\uD800"])("takes no id like %j", (id) => {
  const compose = () => composePath("getUser", "/users/{user_id}", { user_id: id });
  expect(compose).toThrow(expect.objectContaining({ code: "argument-invalid", neverSent: true }));
  expect(compose).toThrow(/getUser was not sent: user_id/);
});

it("encodes what would lead to another operation", () => {
  expect(composePath("getUser", "/users/{user_id}", { user_id: "../folders/x?y=1#z%" })).toBe(
    "/users/..%2Ffolders%2Fx%3Fy%3D1%23z%25",
  );
});

it("keeps any id inside its segment", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (id) => {
      let path: string;
      try {
        path = composePath("getUser", "/users/{user_id}/groups", { user_id: id });
      } catch (error) {
        return ApiError.isInstance(error) && error.code === "argument-invalid";
      }
      const { pathname, search, hash } = new URL(`http://h/app/v1${path}`);
      const segment = pathname.split("/")[4] ?? "";
      return (
        pathname === `/app/v1/users/${segment}/groups` &&
        search === "" &&
        hash === "" &&
        decodeURIComponent(segment) === id
      );
    }),
  );
});

it("writes queries with brackets and leaves out what is undefined", () => {
  const query = composeQuery("listAssets", {
    offset: 0,
    filter: { asset_type: ["mesh", "scene"], asset_name: "a b&c", source_file: undefined },
    properties: ["name"],
    recursive: false,
    depth: undefined,
  });
  expect(query).toBe(
    "?offset=0&filter%5Basset_type%5D%5B0%5D=mesh&filter%5Basset_type%5D%5B1%5D=scene&filter%5Basset_name%5D=a+b%26c&properties%5B%5D=name&recursive=false",
  );
  expect(composeQuery("listAssets", { filter: {} })).toBe("");
});
