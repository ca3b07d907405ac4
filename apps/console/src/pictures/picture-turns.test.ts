import { expect, it } from "vitest";
import { createPictureTurns } from "./picture-turns.ts";

it("lets four pictures load at a time, urgent ones first, and forgets those that nobody wants any more", () => {
  const turns = createPictureTurns();
  const begun: string[] = [];
  const take = (name: string, isUrgent = false) => turns.take(() => void begun.push(name), { isUrgent });
  const [first, second] = ["a", "b", "c", "d"].map((name) => take(name));
  const unwanted = take("e");
  take("f");
  take("large", true);
  expect(begun.join(" ")).toBe("a b c d");
  first?.();
  // Said twice, as by a picture that was loaded and then left the page.
  first?.();
  expect(begun.join(" ")).toBe("a b c d large");
  unwanted();
  expect(begun.join(" ")).toBe("a b c d large");
  second?.();
  expect(begun.join(" ")).toBe("a b c d large f");
});

it("goes on where a picture is there at once", () => {
  const turns = createPictureTurns();
  const begun: number[] = [];
  for (let number = 0; number < 100; number += 1) {
    turns.take(
      (done) => {
        begun.push(number);
        done();
      },
      { isUrgent: false },
    );
  }
  expect(begun).toHaveLength(100);
});
