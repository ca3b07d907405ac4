/** Bytes as text: UTF-8, without the byte order mark that some tools put first. */
export function decodeText(bytes: Buffer): string {
  return new TextDecoder("utf-8").decode(bytes);
}
