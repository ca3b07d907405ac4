import type { Language } from "./languages.ts";

/** A sentence for one thing and for several, chosen by `{count}` with the language's own rule. */
interface PluralText {
  readonly one: string;
  readonly other: string;
}
type Text = string | PluralText;
type Entry = Readonly<Record<Language, Text>>;
export type WordTable = Readonly<Record<string, Entry>>;

/**
 * A table of texts, kept beside the view that shows them. A key without one of the languages does not compile, and each
 * `{name}` of the English text must be given where it is used.
 */
export const defineWords = <const Table extends WordTable>(table: Table): Table => table;

type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type NamesOf<T extends Text> = T extends string
  ? NamesIn<T>
  : T extends PluralText
    ? NamesIn<T["other"]> | "count"
    : never;
type ValuesOf<E extends Entry> = { readonly [Name in NamesOf<E["en"]>]: string | number };

export type Say<Table extends WordTable> = <Key extends keyof Table & string>(
  key: Key,
  ...values: NamesOf<Table[Key]["en"]> extends never ? [] : [values: ValuesOf<Table[Key]>]
) => string;

/** Looks texts up and fills values in; numbers are written as the language writes them. */
export function createSay<Table extends WordTable>(table: Table, language: Language): Say<Table> {
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  const say = (key: string, values: Readonly<Record<string, string | number>> = {}): string => {
    const text = table[key]?.[language];
    if (text === undefined) return key;
    const form =
      typeof text === "string" ? text : text[plurals.select(Number(values.count)) === "one" ? "one" : "other"];
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
  return say as Say<Table>;
}
