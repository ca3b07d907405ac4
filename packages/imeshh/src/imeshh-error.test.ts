import { ApiError } from "@org/http-core";
import { describe, expect, it } from "vitest";
import { decideRefusalCode, readProblem, refusalOf, spendOutcome } from "./imeshh-error.ts";

const answerOf = (status: number, body: unknown) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: {}, text, ...(typeof body === "string" ? {} : { json: body }) };
};
const wordPress = (code: string, message = "", status = 403) => ({ code, message, data: { status } });

describe("a refused call of an account", () => {
  it.each([
    // Sign-in plugin: token codes (providers/imeshh.md §3).
    [403, wordPress("jwt_auth_invalid_token", "Expired token"), "sign-in-expired"],
    [403, wordPress("jwt_auth_invalid_token", "Signature verification failed"), "sign-in-expired"],
    [403, wordPress("jwt_auth_invalid_token", "Wrong number of segments"), "sign-in-expired"],
    [403, wordPress("jwt_auth_bad_auth_header"), "sign-in-expired"],
    [403, wordPress("jwt_auth_bad_iss"), "sign-in-expired"],
    [403, wordPress("jwt_auth_bad_request"), "sign-in-expired"],
    [403, wordPress("jwt_auth_failed"), "sign-in-expired"],
    [403, [wordPress("jwt_auth_failed")], "sign-in-expired"],
    [403, wordPress("jwt_auth_no_auth_header"), "sign-in-failed"],
    [403, wordPress("jwt_auth_bad_config"), "sign-in-failed"],
    [403, wordPress("jwt_auth_unsupported_algorithm"), "sign-in-failed"],
    [403, wordPress("[jwt_auth] invalid_username"), "sign-in-expired"],
    // The document's 401, and that of the relative plugin.
    [401, { message: "Unauthorized" }, "sign-in-expired"],
    [401, wordPress("jwt_auth_obsolete_token", "", 401), "sign-in-expired"],
    [401, "", "sign-in-expired"],
    // Anonymous or signed in: the same code with another status.
    [401, wordPress("rest_forbidden", "Sorry, you are not allowed to do that.", 401), "sign-in-expired"],
    [403, wordPress("rest_forbidden", "Sorry, you are not allowed to do that."), "entitlement-missing"],
    // The document's two meanings of 403.
    [403, { message: "Download limit exceeded for this product" }, "quota-exhausted"],
    [403, { code: "x", message: "<strong>Download limit</strong> exceeded", data: null }, "quota-exhausted"],
    [401, { message: "Download limit exceeded for this product" }, "quota-exhausted"],
    [403, { message: "No active subscription" }, "entitlement-missing"],
    [403, { code: "no_sub", message: "", data: [] }, "entitlement-missing"],
    [403, "Forbidden", "entitlement-missing"],
    [403, "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>", "access-blocked"],
    [404, wordPress("rest_no_route", "No route", 404), "route-not-found"],
    [404, { message: "Resource not found" }, "product-not-found"],
    // Left to http-core: trouble of the moment.
    [500, { message: "Download limit exceeded for this product" }, undefined],
    [503, wordPress("jwt_auth_invalid_token"), undefined],
    [429, "", undefined],
    [400, { message: "Missing parameter" }, undefined],
  ])("%i %j is %s", (status, body, code) => {
    expect(decideRefusalCode(status, readProblem(answerOf(status, body)), "link")).toBe(code);
  });

  it("calls a missing thing missing only where a product was asked for", () => {
    expect(decideRefusalCode(404, readProblem(answerOf(404, "")), "account")).toBeUndefined();
  });
});

describe("a refused login", () => {
  it.each([
    "incorrect_password",
    "invalid_username",
    "invalid_email",
    "empty_username",
    "empty_password",
    "authentication_failed",
  ])("[jwt_auth] %s is sign-in-failed", (code) => {
    const problem = readProblem(answerOf(403, wordPress(`[jwt_auth] ${code}`)));
    expect(decideRefusalCode(403, problem, "login")).toBe("sign-in-failed");
  });

  it.each([400, 401, 403, 404])("%i without words is sign-in-failed", (status) => {
    expect(decideRefusalCode(status, readProblem(answerOf(status, "")), "login")).toBe("sign-in-failed");
  });

  it.each([408, 429, 500, 503])("%i is trouble of the moment", (status) => {
    expect(decideRefusalCode(status, readProblem(answerOf(status, "")), "login")).toBeUndefined();
  });
});

describe("the message", () => {
  it("has neither tags nor entities", () => {
    const html =
      '<strong>Error:</strong> The password you entered for <strong>a&amp;b</strong> is incorrect. <a href="https://shop.imeshh.com/lost">Lost your password?</a>';
    const { message } = refusalOf(
      "login",
      "the sign-in",
    )(answerOf(403, wordPress("[jwt_auth] incorrect_password", html)));
    expect(message).toContain("Error: The password you entered for a&b is incorrect. Lost your password?");
    expect(message).toContain("[jwt_auth] incorrect_password");
    expect(message).toContain("a password of their own");
  });

  it("holds the additional errors of WordPress, each once", () => {
    const body = {
      code: "a",
      message: "One",
      data: null,
      additional_errors: [{ code: "b", message: "Two" }, { message: "One" }],
    };
    expect(readProblem(answerOf(400, body)).message).toBe("One Two");
  });

  it("is the text of a firewall's page, and short", () => {
    const page = `<html><style>b{}</style><script>var a = "<b>";</script><body><h1>Access&nbsp;denied</h1><p>${"word ".repeat(5000)}</body></html>`;
    const { code, message = "" } = refusalOf("link", "a link")(answerOf(403, page));
    expect(code).toBe("access-blocked");
    expect(message).toMatch(/“Access denied word/);
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/[<{]/);
  });

  it.each([[null], [[]], [{ data: null }], ["text"], [7], [{ message: { a: 1 } }]])("survives %j", (json) => {
    expect(() => refusalOf("link", "a link")({ status: 403, headers: {}, text: "", json })).not.toThrow();
  });
});

describe("spendOutcome", () => {
  const request = { operation: "iMeshh requestLink", method: "GET", url: "" };
  const error = (details: object) => new ApiError({ kind: "refusal", code: "x", message: "x", request, ...details });

  it.each([
    ["a refusal", error({ status: 403 }), "not-spent"],
    ["a missing product", error({ status: 404 }), "not-spent"],
    ["too many requests", error({ status: 429 }), "not-spent"],
    ["never sent", error({ kind: "transport", neverSent: true }), "not-spent"],
    [
      "the sign-in before it",
      error({ kind: "transport", request: { ...request, operation: "iMeshh login" } }),
      "not-spent",
    ],
    ["a server's failure", error({ status: 500 }), "unknown"],
    ["a gateway that gave up", error({ status: 504 }), "unknown"],
    ["a proxy that gave up", error({ status: 408 }), "unknown"],
    ["a redirect", error({ status: 302 }), "unknown"],
    ["a broken connection", error({ kind: "transport" }), "unknown"],
    ["an abort", error({ kind: "aborted" }), "unknown"],
    ["an unreadable answer", error({ kind: "unreadable", status: 200 }), "unknown"],
    ["an answer without a link", error({ kind: "unexpected-shape", status: 200 }), "unknown"],
    ["something else that was thrown", new Error("x"), "unknown"],
    ["nothing", undefined, "unknown"],
  ])("of %s", (_what, thrown, outcome) => {
    expect(spendOutcome(thrown)).toBe(outcome);
  });
});
