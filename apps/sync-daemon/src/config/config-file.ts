import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";

/** A parsed JSONC text that still knows on which line each thing stands. */
export interface ConfigFile {
  /** What the text says, as plain data; an empty object for an empty text. */
  readonly value: unknown;
  /** What is wrong with the text itself, one sentence each. */
  readonly problems: readonly string[];
  /** The line (from 1) of the key at `path`, or of its nearest ancestor that is in the text. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
  /** Does the text itself hold something at `path`? */
  has(path: readonly PropertyKey[]): boolean;
}

const syntaxTexts: Readonly<Record<string, string>> = {
  InvalidSymbol: "a word that is no value (texts need quotes)",
  InvalidNumberFormat: "a number that cannot be read",
  PropertyNameExpected: "a key in quotes was expected",
  ValueExpected: "a value was expected",
  ColonExpected: "a colon was expected",
  CommaExpected: "a comma was expected",
  CloseBraceExpected: "a closing } is missing",
  CloseBracketExpected: "a closing ] is missing",
  EndOfFileExpected: "something stands after the end",
  InvalidCommentToken: "a comment that cannot be read",
  UnexpectedEndOfComment: "a comment without an end",
  UnexpectedEndOfString: "a text without a closing quote",
  UnexpectedEndOfNumber: "a number that cannot be read",
  InvalidUnicode: "a \\u code that cannot be read",
  InvalidEscapeCharacter: "a backslash with a letter that means nothing (write \\\\ for a backslash in a path)",
  InvalidCharacter: "a character that may not stand there",
};

/** Reads JSON with comments and trailing commas. Never throws: what is wrong is in `problems`. */
export function parseConfigFile(text: string, name: string): ConfigFile {
  const errors: ParseError[] = [];
  const withoutMark = text.replace(/^\uFEFF/, " ");
  const root = parseTree(withoutMark, errors, {
    allowTrailingComma: true,
    allowEmptyContent: true,
    disallowComments: false,
  });
  const lineAt = (offset: number) => withoutMark.slice(0, offset).split("\n").length;

  // One slip makes the parser stumble several times on the same line; the first says enough.
  const problems = new Map<number, string>();
  for (const { error, offset } of errors) {
    const line = lineAt(offset);
    const code = printParseErrorCode(error);
    if (!problems.has(line)) problems.set(line, `${name}, line ${line}: ${syntaxTexts[code] ?? code}.`);
  }
  const repeated =
    root === undefined
      ? []
      : listRepeatedKeys(root).map(
          ({ key, lines }) => `${name}: "${key}" is given twice, on lines ${lines.map(lineAt).join(" and ")}.`,
        );

  const nodeAt = (path: readonly PropertyKey[]): Node | undefined => {
    const steps = path.filter((step): step is string | number => typeof step !== "symbol");
    return root && findNodeAtLocation(root, steps);
  };
  return {
    value: root === undefined ? {} : getNodeValue(root),
    problems: [...problems.values(), ...repeated],
    has: (path) => nodeAt(path) !== undefined,
    lineOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const node = nodeAt(path.slice(0, length));
        if (node !== undefined) return lineAt(node.parent?.type === "property" ? node.parent.offset : node.offset);
      }
      return root && lineAt(root.offset);
    },
  };
}

/** The parser takes the last of two equal keys without a word; a person should know that the first is not used. */
function listRepeatedKeys(node: Node): { key: string; lines: number[] }[] {
  const inner = (node.children ?? []).flatMap(listRepeatedKeys);
  if (node.type !== "object") return inner;
  const seen = new Map<string, number[]>();
  for (const property of node.children ?? []) {
    const name = property.children?.[0];
    if (name === undefined) continue;
    seen.set(name.value, [...(seen.get(name.value) ?? []), property.offset]);
  }
  const repeated = [...seen].filter(([, lines]) => lines.length > 1).map(([key, lines]) => ({ key, lines }));
  return [...repeated, ...inner];
}
