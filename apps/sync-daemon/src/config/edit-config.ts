import { isDeepStrictEqual } from "node:util";
import { createScanner, findNodeAtLocation, getNodeValue, type Node, parseTree } from "jsonc-parser";
import { formatValue } from "./format-config.ts";

// jsonc-parser's own `modify` takes comments away together with what stands before them. A person's comments are worth
// more than a neat comma, so edits are made here, on the tree that it parses.

/**
 * Sets one key (such as `limits.downloads`) in a text that can be parsed, or removes it with `undefined`. Everything else
 * stays as it was written: comments, order, indentation. A line that `init` wrote as a comment with the default is put
 * to use, and comes back with `shownDefault` when the key is removed. Of a list, only the items that differ are touched.
 */
export function editConfig(
  text: string,
  change: { readonly key: string; readonly value: unknown; readonly shownDefault?: unknown },
): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const bare = text.slice(mark.length);
  const eol = bare.includes("\r\n") ? "\r\n" : "\n";
  const edited = editKey(bare.replaceAll("\r\n", "\n"), change.key.split("."), change);
  return mark + (eol === "\n" ? edited : edited.replaceAll("\n", eol));
}

function editKey(
  text: string,
  steps: readonly string[],
  { value, shownDefault }: { readonly value: unknown; readonly shownDefault?: unknown },
): string {
  const root = parse(text);
  if (root === undefined) return value === undefined ? text : `${text}{\n  ${nest(steps, value, "  ", "  ")}\n}\n`;
  const node = findNodeAtLocation(root, [...steps]);
  if (value === undefined) return node?.parent === undefined ? text : removeChild(text, node.parent, shownDefault);
  if (node !== undefined) return setValue(text, node, value);
  return putToUse(text, root, steps, value) ?? insertKey(text, root, steps, value);
}

function parse(text: string): Node | undefined {
  return parseTree(text, [], { allowTrailingComma: true, allowEmptyContent: true, disallowComments: false });
}

/** jsonc-parser's objects have no prototype, and so equal none of ours. */
const dataOf = (node: Node): unknown => structuredClone(getNodeValue(node) as unknown);
const endOf = (node: Node): number => node.offset + node.length;
const childrenOf = (node: Node | undefined): readonly Node[] => node?.children ?? [];

function setValue(text: string, node: Node, value: unknown): string {
  if (isDeepStrictEqual(dataOf(node), value)) return text;
  if (node.type === "array" && Array.isArray(value) && hasContent(text, node)) return setItems(text, node, value);
  return splice(text, node.offset, endOf(node), formatValue(value, indentAt(text, node.offset)));
}

/** Is there an item or a comment in it? */
function hasContent(text: string, node: Node): boolean {
  return text.slice(node.offset + 1, endOf(node) - 1).trim() !== "";
}

/** Items at both ends that stay the same are left alone, with the comments between them. */
function setItems(text: string, list: Node, items: readonly unknown[]): string {
  const before = childrenOf(list).map(dataOf);
  const shorter = Math.min(before.length, items.length);
  let head = 0;
  while (head < shorter && isDeepStrictEqual(before[head], items[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isDeepStrictEqual(before.at(-1 - tail), items.at(-1 - tail))) tail += 1;
  const here = (current: string): Node => nodeAtOffset(current, list.offset);

  let result = text;
  for (let index = before.length - tail - 1; index >= Math.max(head, items.length - tail); index -= 1) {
    const child = childrenOf(here(result))[index];
    if (child !== undefined) result = removeChild(result, child);
  }
  for (let index = head; index < items.length - tail; index += 1) {
    const current = here(result);
    const child = childrenOf(current)[index];
    const written = formatValue(items[index], indentInside(result, current));
    if (index < before.length - tail && child !== undefined)
      result = splice(result, child.offset, endOf(child), written);
    else result = insertAfter(result, current, childrenOf(current)[index - 1], written);
  }
  return result;
}

function nodeAtOffset(text: string, offset: number): Node {
  const find = (node: Node | undefined): Node | undefined =>
    node === undefined || (node.offset === offset && node.type !== "property")
      ? node
      : find(childrenOf(node).find((child) => child.offset <= offset && offset < endOf(child)));
  const found = find(parse(text));
  if (found === undefined) throw new Error(`Nothing stands at offset ${offset} of the configuration.`);
  return found;
}

/**
 * Takes a property or an item out with its comma, and its line if nothing else stands there. No comment goes along. With
 * a default to show, that takes the line's place below its description.
 */
function removeChild(text: string, child: Node, shownDefault?: unknown): string {
  const siblings = childrenOf(child.parent);
  const previous = siblings[siblings.indexOf(child) - 1];
  const comma = commaAfter(text, endOf(child));
  let result = text;
  // From the end, so that what stands before keeps its offset.
  if (comma !== null && text.slice(endOf(child), comma).trim() !== "") result = splice(result, comma, comma + 1, "");
  const end = comma === null || result !== text ? endOf(child) : comma + 1;
  const lineStart = result.lastIndexOf("\n", child.offset - 1) + 1;
  const lineEnd = endOfLine(result, end);
  const isAlone = (result.slice(lineStart, child.offset) + result.slice(end, lineEnd)).trim() === "" && lineStart > 0;
  const above = result.slice(result.lastIndexOf("\n", lineStart - 2) + 1, lineStart).trim();
  const name: unknown = childrenOf(child)[0]?.value;
  if (isAlone && shownDefault !== undefined && typeof name === "string" && above.startsWith("//")) {
    const shown = `// ${JSON.stringify(name)}: ${JSON.stringify(shownDefault)},`;
    result = splice(result, child.offset, lineEnd, shown);
  } else if (isAlone) result = splice(result, lineStart, Math.min(lineEnd + 1, result.length), "");
  else result = splice(result, child.offset, end + (/^[ \t]*/.exec(result.slice(end))?.[0].length ?? 0), "");
  if (comma !== null || previous === undefined) return result;
  const left = commaAfter(text, endOf(previous));
  return left === null ? result : splice(result, left, left + 1, "");
}

/** The line on which `init` shows the default, with the value in place of it; undefined where there is none. */
function putToUse(text: string, root: Node, steps: readonly string[], value: unknown): string | undefined {
  const section = findNodeAtLocation(root, steps.slice(0, -1));
  const name = steps.at(-1);
  if (section?.type !== "object" || name === undefined) return undefined;
  const line = /^([ \t]*)\/\/ ("(?:[^"\\]|\\.)*"): .*$/gm;
  line.lastIndex = section.offset;
  for (let found = line.exec(text); found !== null && found.index < endOf(section); found = line.exec(text)) {
    const { index } = found;
    const [whole, indent = "", quoted = ""] = found;
    const isInside = childrenOf(section).some((child) => child.offset < index && index < endOf(child));
    if (isInside || quoted !== JSON.stringify(name)) continue;
    const previous = childrenOf(section).findLast((child) => endOf(child) <= index);
    const used = splice(text, index, index + whole.length, `${indent}${quoted}: ${formatValue(value, indent)},`);
    const result =
      previous === undefined || commaAfter(text, endOf(previous)) !== null
        ? used
        : splice(used, endOf(previous), endOf(previous), ",");
    // What looks like such a line may stand inside a comment of several lines.
    const after = parse(result);
    const set = after && findNodeAtLocation(after, [...steps]);
    if (set !== undefined && isDeepStrictEqual(dataOf(set), value)) return result;
  }
  return undefined;
}

function insertKey(text: string, root: Node, steps: readonly string[], value: unknown): string {
  let depth = steps.length - 1;
  let group = findNodeAtLocation(root, steps.slice(0, depth));
  while (group === undefined && depth > 0) {
    depth -= 1;
    group = findNodeAtLocation(root, steps.slice(0, depth));
  }
  if (group?.type !== "object") return text;
  const indent = indentInside(text, group);
  const unit = indentInside(text, root);
  return insertAfter(text, group, childrenOf(group).at(-1), nest(steps.slice(depth), value, indent, unit));
}

/** `"limits": {…}` around what is set, one group per step. */
function nest(steps: readonly string[], value: unknown, indent: string, unit: string): string {
  const [name = "", ...inner] = steps;
  if (inner.length === 0) return `${JSON.stringify(name)}: ${formatValue(value, indent)}`;
  const deeper = indent + unit;
  return `${JSON.stringify(name)}: {\n${deeper}${nest(inner, value, deeper, unit)}\n${indent}}`;
}

/** Puts a property or an item after `previous`, or first. What stands behind `previous` on its line stays there. */
function insertAfter(text: string, group: Node, previous: Node | undefined, written: string): string {
  const isInline = !text.slice(group.offset, endOf(group)).includes("\n");
  const indent = indentInside(text, group);
  if (previous === undefined) {
    const comma = childrenOf(group).length > 0 ? "," : "";
    const at = group.offset + 1;
    if (isInline && comma !== "") return splice(text, at, at, ` ${written},`);
    if (isInline) return splice(text, at, at, `\n${indent}${written}\n${indentAt(text, group.offset)}`);
    const behind = behindComment(text, at);
    return splice(text, behind, behind, `\n${indent}${written}${comma}`);
  }
  const end = endOf(previous);
  const comma = commaAfter(text, end);
  if (isInline)
    return comma === null ? splice(text, end, end, `, ${written}`) : splice(text, comma + 1, comma + 1, ` ${written},`);
  const behind = behindComment(text, comma === null ? end : comma + 1);
  const inserted = splice(text, behind, behind, `\n${indent}${written}${comma === null ? "" : ","}`);
  return comma === null ? splice(inserted, end, end, ",") : inserted;
}

/** The end of the line where only a comment follows; else `at` itself. */
function behindComment(text: string, at: number): number {
  const rest = text.slice(at, endOfLine(text, at));
  return /^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/[ \t]*)?$/.test(rest) ? at + rest.length : at;
}

/** Where the comma after `offset` is; null where something else, or nothing, follows. */
function commaAfter(text: string, offset: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text[at] === "," ? at : null;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
}

/** The blanks before the first word of the line that `offset` is on. */
function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
}

/** As its first child has it, where that has a line of its own; else two blanks deeper than the group. */
function indentInside(text: string, group: Node): string {
  const own = indentAt(text, group.offset);
  const first = childrenOf(group)[0];
  const isOnItsLine = first !== undefined && text.slice(group.offset, first.offset).includes("\n");
  return isOnItsLine ? indentAt(text, first.offset) : `${own}  `;
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}
