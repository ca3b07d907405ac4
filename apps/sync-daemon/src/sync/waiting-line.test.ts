import { beforeEach, describe, expect, it } from "vitest";
import { WaitingLine } from "./waiting-line.ts";

let line: WaitingLine;
const add = (id: string, priority = 0) => line.enqueue(async () => id, { id, priority });

beforeEach(() => {
  line = new WaitingLine();
  for (const id of ["a", "b", "c"]) add(id);
});

describe("the line of what waits", () => {
  it("is in the order of arrival, persons before rules", () => {
    add("person", 1);
    add("second person", 1);
    add("d");
    expect(line.ids()).toEqual(["person", "second person", "a", "b", "c", "d"]);
  });

  it("gives the first one its turn", async () => {
    expect(await line.dequeue()?.()).toBe("a");
    expect(line.ids()).toEqual(["b", "c"]);
    expect(line.size).toBe(2);
  });

  it.each([
    ["c", "first", ["c", "a", "b"]],
    ["c", "earlier", ["a", "c", "b"]],
    ["a", "earlier", ["a", "b", "c"]],
    ["a", "later", ["b", "a", "c"]],
    ["c", "later", ["a", "b", "c"]],
    ["a", "last", ["b", "c", "a"]],
  ] as const)("puts %s %s", (id, to, expected) => {
    expect(line.move(id, to)).toBe(true);
    expect(line.ids()).toEqual(expected);
  });

  it("moves nothing that does not wait", () => {
    expect(line.move("z", "first")).toBe(false);
    expect(line.ids()).toEqual(["a", "b", "c"]);
  });

  it("keeps what a person put last behind what comes later for a person, and before what comes later for a rule", () => {
    add("person", 1);
    line.move("person", "last");
    add("other person", 1);
    add("d");
    expect(line.ids()).toEqual(["a", "b", "c", "person", "other person", "d"]);
  });
});
