import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { operations, routeTo } from "./operations.ts";

test("the table is the vendor's list of 80 operations: names, methods and paths", async () => {
  const listed: unknown = JSON.parse(
    await readFile(new URL("./__fixtures__/operations.json", import.meta.url), "utf8"),
  );
  expect(listed).toHaveLength(80);
  expect(operations.map(({ operation, method, path }) => ({ operation, method, path }))).toEqual(listed);
});

test("each row is routed to by its own method and path, and by no other's", () => {
  for (const { operation, method, path } of operations)
    expect(routeTo(method, path.replaceAll(/\{(\w+)\}/g, "$1"))).toMatchObject({ operation });
});

test("parameters are decoded, and an empty one is refused", () => {
  expect(routeTo("GET", "/users/a%2Fb%20c")).toEqual({ operation: "getUser", parameters: { user_id: "a/b c" } });
  expect(routeTo("GET", "/users/")).toMatchObject({ refusal: "The path parameter user_id is empty." });
  expect(routeTo("DELETE", "/assets//abc")).toMatchObject({ refusal: "The path parameter asset_container is empty." });
});

test("what is not in the table is refused with what is known there", () => {
  expect(routeTo("PUT", "/users/1")).toMatchObject({
    refusal: "PUT is not known under the path /users/1; known there: GET, PATCH, DELETE.",
  });
  expect(routeTo("GET", "/user")).toMatchObject({ refusal: "There is no operation under the path /user." });
  expect(routeTo("GET", "/conversion-tasks/1/metadata/a")).toHaveProperty("refusal");
});
