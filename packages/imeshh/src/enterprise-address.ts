/** Which file of the worker is meant: a product of its list, a path below its origin, or a `download_url` as served. */
export type EnterpriseFile =
  | { readonly product: { readonly downloadUrl: string | null } }
  | { readonly filePath: string }
  | { readonly downloadUrl: string };

/** The address to fetch, or why there is none. The secret key goes along, so it must be on the worker's own origin. */
export function decideEnterpriseAddress(
  file: EnterpriseFile,
  origin: string,
): { readonly url: URL } | { readonly reason: string } {
  const served = "product" in file ? file.product.downloadUrl : "downloadUrl" in file ? file.downloadUrl : undefined;
  if (served === null) return { reason: "the product has no download_url" };
  // As the document's examples do it: the path behind a slash, spaces and the like escaped, `+` left alone.
  const address =
    served ??
    `${origin}/${("filePath" in file ? file.filePath : "").replace(/^\/+/, "").replaceAll("?", "%3F").replaceAll("#", "%23")}`;
  const url = URL.parse(address);
  if (url === null) return { reason: "its download_url is no web address" };
  if (url.origin !== new URL(origin).origin) {
    return { reason: `it lies at ${url.origin}, and the secret key goes to ${new URL(origin).origin} only` };
  }
  if (url.username !== "" || url.password !== "") return { reason: "its download_url carries a user name" };
  return { url };
}

/**
 * The same file in the document's other spelling of dates: its example says `/2025/07/10053818/`, its product list
 * `/2025/07/10/053818/`. `undefined` for a path that has neither.
 */
export function otherSpelling(url: URL): URL | undefined {
  const split = /^(.*\/\d{4}\/\d{2}\/)(\d{2})\/(\d{6}\/.*)$/.exec(url.pathname);
  const joined = /^(.*\/\d{4}\/\d{2}\/)(\d{2})(\d{6}\/.*)$/.exec(url.pathname);
  const other = new URL(url);
  if (split !== null) other.pathname = `${split[1]}${split[2]}${split[3]}`;
  else if (joined !== null) other.pathname = `${joined[1]}${joined[2]}/${joined[3]}`;
  else return undefined;
  return other;
}
