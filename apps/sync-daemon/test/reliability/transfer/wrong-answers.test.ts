import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isFailureCode } from "../../../src/domain/failure.ts";
import { record } from "../record.ts";
import type { Rule } from "./fault-proxy.ts";
import { firstProductId, makeTransferScene } from "./transfer-scene.ts";

/** T10 of the reliability plan: what is no archive never gets into the library, and no secret leaves the shop. */
const tokenPath = "/wp-json/jwt-auth/v1/token";
const page = "<!DOCTYPE html><html><body>Please sign in</body></html>";

const answered = (status: string, type: string, body: string | Buffer): Omit<Rule, "path"> => ({
  head: () =>
    `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`,
  body: () => Buffer.from(body),
});
const sentTo = (location: string): Omit<Rule, "path"> => ({
  head: () => `HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
  body: () => Buffer.alloc(0),
});
const emptyZip = Buffer.concat([Buffer.from([0x50, 0x4b, 5, 6]), Buffer.alloc(18)]);

/** `other` is the port of a host that writes down what it gets. */
const wrongAnswers = (other: number): readonly (readonly [name: string, answer: Omit<Rule, "path">])[] => [
  ["a page", answered("200 OK", "text/html", page)],
  ["a page called zip", answered("200 OK", "application/zip", page)],
  ["a page of no type", answered("200 OK", "", page)],
  ["a page after a byte order mark", answered("200 OK", "application/octet-stream", Buffer.from(`\ufeff${page}`))],
  ["a JSON error", answered("200 OK", "application/json", '{"code":"no"}')],
  ["a JSON error called zip", answered("200 OK", "application/zip", '{"code":"no"}')],
  ["XML", answered("200 OK", "application/xml", "<Error><Code>AccessDenied</Code></Error>")],
  ["204", answered("204 No Content", "application/zip", "")],
  ["205", answered("205 Reset Content", "application/zip", "")],
  ["nothing", answered("200 OK", "application/zip", "")],
  ["an empty zip", answered("200 OK", "application/zip", emptyZip)],
  ["206 unasked", answered("206 Partial Content", "application/zip", "PK")],
  ["401", answered("401 Unauthorized", "text/html", page)],
  ["403 page", answered("403 Forbidden", "text/html", page)],
  ["404", answered("404 Not Found", "text/html", page)],
  ["410", answered("410 Gone", "text/html", page)],
  ["300 without a place", answered("300 Multiple Choices", "text/html", page)],
  ["304 unasked", answered("304 Not Modified", "application/zip", "")],
  ["a redirect to a sign-in page", sentTo(`http://127.0.0.1:${other}/wp-login.php`)],
  ["a redirect to itself", sentTo("?")],
  ["a redirect to nowhere", sentTo("http://")],
  ["another host", sentTo("https://evil.example/a.zip")],
  ["another host in the open", sentTo("http://evil.example/a.zip")],
  ["localhost", sentTo(`http://localhost:${other}/a.zip`)],
  ["the cloud's secrets", sentTo("http://169.254.169.254/latest/meta-data")],
  ["the cloud's secrets over https", sentTo("https://169.254.169.254/latest/meta-data")],
  ["[::1]", sentTo(`http://[::1]:${other}/a.zip`)],
  ["a mapped address", sentTo(`http://[::ffff:127.0.0.1]:${other}/a.zip`)],
  ["0.0.0.0", sentTo(`http://0.0.0.0:${other}/a.zip`)],
  ["another loopback address", sentTo(`http://127.0.0.2:${other}/a.zip`)],
  ["a private address", sentTo("https://10.0.0.1/a.zip")],
  ["a file", sentTo("file:///etc/passwd")],
  ["data", sentTo("data:application/zip;base64,UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==")],
  ["ftp", sentTo("ftp://evil.example/a.zip")],
  ["script", sentTo("javascript:alert(1)")],
  ["a user name", sentTo("https://r2.imeshh.com@evil.example/a.zip")],
];

it("T10: 36 answers that are no archive: nothing of them in the library, every failure named, no secret elsewhere", async () => {
  const startedAt = Date.now();
  const received: string[] = [];
  const other = createServer((request, response) => {
    received.push(`${request.method} ${request.url} ${request.rawHeaders.join(" ")}`);
    response.setHeader("content-type", "text/html");
    response.end(page);
  });
  await new Promise<void>((resolve) => other.listen(0, resolve));
  onTestFinished(() => void other.close());
  const cases = wrongAnswers((other.address() as AddressInfo).port);
  const scene = await makeTransferScene({ count: cases.length, silenceSeconds: 5 });
  for (const [index, [, answer]] of cases.entries()) {
    scene.proxy.aim({ path: scene.markOf(index), ...answer, times: 50 });
  }
  const daemon = await scene.start();
  const result = await daemon.sync();
  const failures = new Map(result.failed.map(({ productId, code }) => [productId, code]));
  const problems: string[] = [];
  for (const [index, [name]] of cases.entries()) {
    const code = failures.get(firstProductId + index) ?? "none";
    if (!isFailureCode(code) || code === "unexpected") problems.push(`${name}: the failure is ${code}`);
    const answers = scene.proxy.seen.filter(({ target }) => target.includes(scene.markOf(index)));
    if (answers[0]?.fired !== true) problems.push(`${name}: it did not happen`);
  }
  expect(problems).toEqual([]);
  expect(await scene.assets()).toEqual([]);
  for (const file of await scene.files())
    expect(await readFile(join(scene.library, file), "utf8")).not.toMatch(/<html/i);
  // Only the one place that the configuration allows by its name was asked, and it learnt nothing.
  for (const line of received) {
    expect(line).toContain("/wp-login.php");
    expect(line).not.toMatch(/authorization|cookie|bearer|eyJ|artist@example/i);
  }
  expect(scene.sandbox.requests().filter(({ leak }) => leak !== null)).toEqual([]);
  expect(result.spent).toBe(cases.length);
  const what = "36 answers in place of an archive: pages, errors, empty ones, redirects to where none may lead";
  record({
    test: "T10",
    what,
    injections: cases.length,
    wrong: 0,
    secondSpends: 0,
    seed: null,
    ms: Date.now() - startedAt,
  });
});

it("T10: two jobs whose token has ended sign in once", async () => {
  const scene = await makeTransferScene({ count: 0, silenceSeconds: 5 });
  const daemon = await scene.start();
  await daemon.get([132611]);
  const signIns = () => scene.sandbox.requests({ path: tokenPath, method: "POST" }).length;
  const before = signIns();
  scene.sandbox.expireTokens();
  const answers = await Promise.all([daemon.get([132622]), daemon.get([132743])]);
  for (const { products } of answers) expect(products).toMatchObject([{ state: "installed", spent: 1 }]);
  expect(signIns() - before).toBe(1);
  expect(scene.sandbox.counters()).toMatchObject({ 132622: 1, 132743: 1 });
});
