import { htmlReply, jsonReply, type Reply } from "../http/reply.ts";

/** An error in WordPress's form: `{ code, message, data: { status } }`. */
export function wordpressError(status: number, code: string, message: string): Reply {
  return jsonReply(status, { code, message, data: { status } });
}

/** What WordPress answers where no route fits: JSON below `/wp-json/`, otherwise the theme's page. */
export function wordpressNotFound(path: string): Reply {
  if (path === "/wp-json" || path.startsWith("/wp-json/")) {
    return wordpressError(404, "rest_no_route", "No route was found matching the URL and request method.");
  }
  return htmlReply(
    404,
    '<!DOCTYPE html>\n<html lang="en-US"><head><title>Page not found</title></head><body><h1>Oops! That page can&rsquo;t be found.</h1></body></html>\n',
  );
}
