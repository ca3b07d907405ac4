/** Where in the line a person puts a download that waits. */
export type Place = "first" | "earlier" | "later" | "last";

interface Waiting {
  readonly run: () => Promise<unknown>;
  readonly priority: number;
  readonly id: string;
}

interface Options {
  readonly priority?: number | undefined;
  readonly id?: string | undefined;
}

/**
 * What waits for its turn, in order: higher priorities stand before lower ones, the same one in the order of arrival, and
 * a person may put each elsewhere. In the shape in which p-queue takes a queue of its user's.
 */
export class WaitingLine {
  #line: Waiting[] = [];

  get size(): number {
    return this.#line.length;
  }

  enqueue(run: () => Promise<unknown>, options: Options = {}): void {
    const { priority = 0, id = "" } = options;
    // Behind the last one that must not be overtaken, so that what a person moved stays where they put it.
    const behind = this.#line.findLastIndex((waiting) => waiting.priority >= priority);
    this.#line.splice(behind + 1, 0, { run, priority, id });
  }

  dequeue(): (() => Promise<unknown>) | undefined {
    return this.#line.shift()?.run;
  }

  filter({ priority }: Options): (() => Promise<unknown>)[] {
    return this.#line.filter((waiting) => waiting.priority === priority).map(({ run }) => run);
  }

  setPriority(id: string, priority: number): void {
    const waiting = this.#take(id);
    if (waiting !== undefined) this.enqueue(waiting.run, { priority, id });
  }

  remove(what: string | (() => Promise<unknown>)): void {
    this.#line = this.#line.filter(({ id, run }) => id !== what && run !== what);
  }

  /** The ids, first the one whose turn is next. */
  ids(): string[] {
    return this.#line.map(({ id }) => id);
  }

  /** False if it does not wait. */
  move(id: string, to: Place): boolean {
    const at = this.#line.findIndex((waiting) => waiting.id === id);
    const waiting = this.#take(id);
    if (waiting === undefined) return false;
    const places = { first: 0, earlier: Math.max(0, at - 1), later: at + 1, last: this.#line.length };
    this.#line.splice(places[to], 0, waiting);
    return true;
  }

  #take(id: string): Waiting | undefined {
    const at = this.#line.findIndex((waiting) => waiting.id === id);
    return at === -1 ? undefined : this.#line.splice(at, 1)[0];
  }
}
