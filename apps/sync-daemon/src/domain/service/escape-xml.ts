const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text between tags or in an attribute's quotes. Throws a `RangeError` for characters that XML 1.0 cannot hold. */
export function escapeXml(text: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) || !text.isWellFormed())
    throw new RangeError(`XML cannot name ${JSON.stringify(text)}.`);
  return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
