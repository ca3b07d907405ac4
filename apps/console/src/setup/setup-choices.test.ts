import { expect, it } from "vitest";
import { findMissing, firstChoices, stepOfFailure, toSetupRequest } from "./setup-choices.ts";

it("asks for an account only where the shop is the real one", () => {
  expect(findMissing(firstChoices, 1)).toEqual(["username", "password"]);
  const sample = {
    ...firstChoices,
    shop: "sample-shop",
    libraryRoot: " /tmp/library ",
    username: "left over",
  } as const;
  expect(findMissing(sample, 1)).toEqual([]);
  expect(toSetupRequest(sample)).toEqual({
    shop: "sample-shop",
    libraryRoot: "/tmp/library",
    account: null,
    wanted: [],
  });
});

it("turns what should come by itself into rules", () => {
  const types = { ...firstChoices, libraryRoot: "/l", fetch: "types", types: ["fx", "model"] } as const;
  expect(findMissing({ ...types, types: [] }, 2)).toEqual(["types"]);
  expect(toSetupRequest(types).wanted).toEqual([{ assetType: "fx" }, { assetType: "model" }]);
  expect(toSetupRequest({ ...types, fetch: "free" }).wanted).toEqual([{ freebie: true }]);
});

it("leads back to where a failure can be mended", () => {
  expect(stepOfFailure("sign-in-failed")).toBe(1);
  expect(stepOfFailure("provider-unreachable")).toBe(1);
  expect(stepOfFailure("library-read-only")).toBe(2);
  expect(stepOfFailure(null)).toBe(2);
});
