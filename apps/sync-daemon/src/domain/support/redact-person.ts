/** What of a text would say who somebody is. */
export interface Person {
  /** The name at the shop; null where none is set. */
  readonly username: string | null;
  /** The name on this computer. */
  readonly systemName: string;
  readonly userFolder: string;
}

/** Takes the names of a person and of their folder out of a text: paths below it begin with `~`. */
export function redactPerson(text: string, { username, systemName, userFolder }: Person): string {
  let redacted = text;
  for (const folder of spellFolder(userFolder)) {
    // Only whole names: /home/ann must not become ~ in /home/anna.
    redacted = redacted.replace(new RegExp(`${escapePattern(folder)}(?![\\p{L}\\p{N}_-])`, "giu"), "~");
  }
  if (username !== null) {
    for (const name of new Set([username, encodeURIComponent(username)]))
      redacted = redacted.replace(
        new RegExp(`(?<![\\p{L}\\p{N}])${escapePattern(name)}(?![\\p{L}\\p{N}])`, "giu"),
        "[user name]",
      );
  }
  // The name alone may be a word of ours, such as root; as a folder or before an @ it is a person.
  if (systemName !== "")
    redacted = redacted.replace(
      new RegExp(
        `(?<=[/\\\\])${escapePattern(systemName)}(?![\\p{L}\\p{N}_-])|\\b${escapePattern(systemName)}(?=@)`,
        "gu",
      ),
      "[user]",
    );
  return redacted;
}

/** As it is, with slashes turned, and with backslashes doubled as JSON writes them. The root is nobody's folder. */
function spellFolder(folder: string): string[] {
  if (folder.length < 2) return [];
  const forms = [folder.replaceAll("\\", "\\\\"), folder, folder.replaceAll("\\", "/")];
  return [...new Set(forms)];
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
