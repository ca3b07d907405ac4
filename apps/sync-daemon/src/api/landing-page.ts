import { landingScriptPath } from "./console-request.ts";
import { otherRoutes } from "./contract/operations.ts";

/**
 * Where `asset-sync open` sends a browser first. It comes there from a file, so the browser calls the navigation
 * cross-site, and this is the only page that is answered then: whoever sends a person here without a code that
 * `asset-sync open` made gets a page with nothing to press. See docs/decisions/0042-a-page-is-opened-from-a-file.md.
 */
export const landingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>asset-sync</title>
<p id="says">Opening asset-sync …</p>
<script type="module" src="${landingScriptPath}"></script>
</html>
`;

/** Changes the code in this page's address into a fresh one in the console's own, which exchanges it as always. */
export const landingScript = `const says = document.getElementById("says");
const code = location.hash.replace(/^#code=/, "");
history.replaceState(null, "", location.pathname);
const used = "This address works once, for a minute. Run “asset-sync open” again.";
if (code === "") {
  says.textContent = used;
} else try {
  const answer = await fetch("${otherRoutes.pageLanding.path}", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  const said = await answer.json();
  if (answer.ok) location.replace("/#code=" + said.code);
  else says.textContent = used;
} catch {
  says.textContent = "asset-sync does not answer any more. Run “asset-sync open” again.";
}
`;
