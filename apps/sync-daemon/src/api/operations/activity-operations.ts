import { publishedEventSchema } from "../contract/activity.ts";
import type { Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";

export function createActivityOperations({ events }: OperationsSettings): Pick<Operations, "activity"> {
  return {
    async activity({ limit }) {
      // What the contract does not name is for other readers than people.
      const known = events.kept().flatMap((event) => publishedEventSchema.safeParse(event).data ?? []);
      return { events: known.slice(-limit).toReversed() };
    },
  };
}
