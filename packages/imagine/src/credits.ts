import { argumentInvalid, notSentError } from "./imagine-error.ts";

/** What is known of the account's API credits. Every answered request costs one (collection, "API Credits"). */
export interface Credits {
  /** As the last answer told; `null` before the first that does. */
  left(): number | null;
  note(left: number | null): void;
  /** Throws `credit-budget-reached` where one request more would leave fewer than `budget`. Unknown credits pass. */
  check(budget: number | undefined, operation: string): void;
}

export function createCredits(defaultBudget: number | undefined): Credits {
  let known: number | null = null;
  return {
    left: () => known,
    note(left) {
      if (left !== null) known = left;
    },
    check(budget = defaultBudget, operation) {
      if (!isCreditBudget(budget)) {
        throw argumentInvalid(operation, "creditBudget", "be a whole number of credits, 0 or more");
      }
      if (budget === undefined || known === null || known - 1 >= budget) return;
      throw notSentError({
        code: "credit-budget-reached",
        message: `${operation} stopped: ${known} credits are left, and creditBudget keeps ${budget}. Go on later, or with a lower creditBudget.`,
        operation,
      });
    },
  };
}

/** True for a number of credits that can be kept. */
export function isCreditBudget(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 0);
}
