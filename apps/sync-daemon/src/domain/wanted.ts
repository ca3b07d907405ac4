import type { AssetType, Category, Product } from "./product.ts";

/** How updates of installed assets are treated. `ask`: shown, and fetched when a person says `get`. */
export type UpdatePolicy = "ask" | "auto" | "never";

/** Selects products. A product must satisfy every key that is given; a rule without any selects nothing. */
export interface WantedRule {
  readonly freebie?: boolean | undefined;
  readonly assetType?: AssetType | undefined;
  readonly category?: string | undefined;
  readonly subCategory?: string | undefined;
  readonly tag?: string | undefined;
  /** Every word must occur in title, slug, tags or categories. */
  readonly search?: string | undefined;
  readonly productId?: number | undefined;
  /** Not a selector: which of several zips, by part of its name. */
  readonly download?: string | undefined;
  /** Not a selector: overrides the general policy for what this rule selects. */
  readonly updates?: UpdatePolicy | undefined;
}

/** Case, accents and surplus blanks do not count when a person writes a name. */
export function foldText(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

/** What of a product the rules compare with what a person wrote, folded. */
export function wordsOf(product: Product): {
  category: string[];
  subCategory: string[];
  tags: string[];
  search: string;
} {
  const { title, slug, tags, category, subCategory } = product;
  return {
    category: namesOf(category),
    subCategory: namesOf(subCategory),
    tags: tags.map(foldText),
    search: foldText([title, slug, ...tags, category.title, subCategory.title].join(" ")),
  };
}

const namesOf = ({ title, name, slug }: Category): string[] => [title, name, slug].map(foldText);

export function isSelected(rule: WantedRule, product: Product): boolean {
  const checks: boolean[] = [];
  if (rule.freebie !== undefined) checks.push(product.isFreebie === rule.freebie);
  if (rule.assetType !== undefined) checks.push(product.assetType === rule.assetType);
  if (rule.category !== undefined) checks.push(namesOf(product.category).includes(foldText(rule.category)));
  if (rule.subCategory !== undefined) checks.push(namesOf(product.subCategory).includes(foldText(rule.subCategory)));
  if (rule.tag !== undefined) {
    const folded = foldText(rule.tag);
    checks.push(product.tags.some((tag) => foldText(tag) === folded));
  }
  if (rule.search !== undefined) {
    const { search } = wordsOf(product);
    checks.push(
      foldText(rule.search)
        .split(" ")
        .every((word) => search.includes(word)),
    );
  }
  if (rule.productId !== undefined) checks.push(product.id === rule.productId);
  return checks.length > 0 && checks.every(Boolean);
}

/** The first rule that selects the product wins. */
export function findRule(rules: readonly WantedRule[], product: Product): WantedRule | undefined {
  return rules.find((rule) => isSelected(rule, product));
}
