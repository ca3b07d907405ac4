import type { SQLInputValue } from "node:sqlite";
import { foldText, type WantedRule } from "../domain/wanted.ts";

/**
 * A condition over the table `facts` that holds for every product one of the rules selects. The decision itself stays
 * with `domain/wanted.ts`: this only spares reading products that no rule can mean.
 */
export function selectionOf(rules: readonly WantedRule[]): { sql: string; parameters: SQLInputValue[] } {
  const parameters: SQLInputValue[] = [];
  const ways = rules.map((rule) => conditionsOf(rule, parameters)).filter((conditions) => conditions.length > 0);
  return { sql: ways.length === 0 ? "0" : ways.map((all) => `(${all.join(" AND ")})`).join(" OR "), parameters };
}

function conditionsOf(rule: WantedRule, parameters: SQLInputValue[]): string[] {
  const conditions: string[] = [];
  const add = (sql: string, value: SQLInputValue): void => {
    conditions.push(sql);
    parameters.push(value);
  };
  const line = (text: string): string => `\n${foldText(text)}\n`;
  if (rule.productId !== undefined) add("id = ?", rule.productId);
  if (rule.freebie !== undefined) add("is_freebie = ?", rule.freebie ? 1 : 0);
  if (rule.assetType !== undefined) add("asset_type = ?", rule.assetType);
  if (rule.category !== undefined) add("instr(category_words, ?) > 0", line(rule.category));
  if (rule.subCategory !== undefined) add("instr(sub_category_words, ?) > 0", line(rule.subCategory));
  if (rule.tag !== undefined) add("instr(tag_words, ?) > 0", line(rule.tag));
  for (const word of rule.search === undefined ? [] : foldText(rule.search).split(" ")) {
    // An empty word is in every text, as it is for `isSelected`.
    if (word === "") conditions.push("1");
    else add("instr(search_words, ?) > 0", word);
  }
  return conditions;
}
