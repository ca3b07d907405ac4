/** A copy without the keys that are there but `undefined`, so that they do not hide defaults. */
export function withoutUndefined<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<T>;
}
