import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { ConsoleRequest } from "./console-request.ts";
import { contentSecurityPolicy } from "./guard.ts";
import { landingPage, landingScript } from "./landing-page.ts";
import { problemContentType, problemOfRefusal } from "./problem.ts";

export interface ConsoleAnswer {
  readonly status: 200 | 404 | 503;
  /** Besides the security headers, and in their place where both name one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The console as Vite built it. Reads below its own folder only, and only names of the shapes in `console-request.ts`. */
export interface ConsoleFiles {
  answer(request: ConsoleRequest): Promise<ConsoleAnswer>;
}

/** Stands in index.html where each answer has a number of its own; only styles with it are used by the browser. */
const noncePlaceholder = "__CSP_NONCE__";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const html = { "content-type": "text/html; charset=utf-8" };

export function createConsoleFiles({ folder }: { folder: string }): ConsoleFiles {
  const read = async (name: string): Promise<Buffer | undefined> => {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      throw error;
    }
  };

  const answerPage = async (): Promise<ConsoleAnswer> => {
    const index = await read("index.html");
    if (index === undefined) return { status: 503, headers: html, body: Buffer.from(notBuiltPage) };
    const nonce = randomBytes(18).toString("base64");
    return {
      status: 200,
      headers: { ...html, "content-security-policy": contentSecurityPolicy({ styleNonce: nonce }) },
      body: Buffer.from(index.toString("utf8").replaceAll(noncePlaceholder, nonce)),
    };
  };

  const answerFile = async ({ name, isHashed }: { name: string; isHashed: boolean }): Promise<ConsoleAnswer> => {
    const contentType = contentTypes[extname(name)];
    const body = contentType === undefined ? undefined : await read(name);
    if (contentType === undefined || body === undefined) {
      const problem = problemOfRefusal({ status: 404, code: "not-found", message: `There is nothing at /${name}.` });
      return {
        status: 404,
        headers: { "content-type": problemContentType },
        body: Buffer.from(JSON.stringify(problem)),
      };
    }
    const caching: Record<string, string> = isHashed ? { "cache-control": "public, max-age=31536000, immutable" } : {};
    return { status: 200, headers: { "content-type": contentType, ...caching }, body };
  };

  return {
    async answer(request) {
      if (request.kind === "page") return answerPage();
      if (request.kind === "file") return answerFile(request);
      if (request.kind === "landing") return { status: 200, headers: html, body: Buffer.from(landingPage) };
      const contentType = contentTypes[".js"] ?? "";
      return { status: 200, headers: { "content-type": contentType }, body: Buffer.from(landingScript) };
    },
  };
}

const notBuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>asset-sync</title>
<h1>asset-sync is running</h1>
<p>This page has not been built yet. In the folder of the source, run <code>pnpm build</code>, then load it again.</p>
<p>The commands work without it: <code>asset-sync status</code>.</p>
</html>
`;
