import { afterEach, beforeEach, expect, test } from "vitest";
import { ask } from "../../test/ask.ts";
import { fetchAsset, order } from "../../test/kaedim.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let jwt: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  jwt = sandbox.kaedim.issueJwt();
});
afterEach(() => sandbox.close());

async function linksOf(fields: object = {}): Promise<Record<string, string>> {
  const requestID = await order(sandbox, jwt, fields);
  sandbox.kaedim.finishRequest(requestID);
  return (await fetchAsset(sandbox, jwt, requestID)).iterations?.[0]?.results ?? {};
}

const download = (url = "") => ask(url, { headers: { "user-agent": null, "accept-encoding": null } });

test("every format is there, and looks like what it is", async () => {
  const links = await linksOf();
  sandbox.kaedim.configure({ webhookShape: "results" });
  sandbox.kaedim.setHook("http://127.0.0.1:1/");
  await sandbox.kaedim.sendWebhook(sandbox.kaedim.requests()[0]?.requestID ?? "");
  Object.assign(links, JSON.parse(sandbox.kaedim.lastWebhook()?.body ?? "").results.completedModels);
  const beginnings: Record<string, string> = {
    obj: "mtllib model.mtl\no Pyramid\nv -1 0 -1",
    fbx: "Kaydara FBX Binary  \0\x1a\0",
    glb: "glTF\x02\0\0\0",
    gltf: '{"asset":{"version":"2.0"}',
    mtl: "newmtl Material",
    usd: "#usda 1.0",
  };
  for (const [format, beginning] of Object.entries(beginnings)) {
    const answer = await download(links[format]);
    expect([format, answer.status, answer.bytes.toString("latin1").startsWith(beginning)]).toEqual([format, 200, true]);
  }
  const glb = (await download(links.glb)).bytes;
  expect(glb.readUInt32LE(8)).toBe(glb.length);
  const jsonLength = glb.readUInt32LE(12);
  const document = JSON.parse(glb.subarray(20, 20 + jsonLength).toString());
  expect(document.buffers[0].byteLength).toBe(glb.readUInt32LE(20 + jsonLength));
});

test("a test request brings a cube", async () => {
  const { obj } = await linksOf({ test: true });
  expect((await download(obj)).bytes.toString()).toContain("o Cube\n");
});

test("links live one hour; another fetch gives new ones", async () => {
  const { glb } = await linksOf();
  sandbox.advanceClock(59 * 60_000);
  expect((await download(glb)).status).toBe(200);
  sandbox.advanceClock(60_000);
  const expired = await download(glb);
  expect([expired.status, expired.bytes.toString()]).toEqual([403, expect.stringContaining("Request has expired")]);
  const [request] = sandbox.kaedim.requests();
  const again = await fetchAsset(sandbox, sandbox.kaedim.issueJwt(), request?.requestID ?? "");
  expect((await download(again.iterations?.[0]?.results?.glb)).status).toBe(200);
});

test("a changed link is refused; another method and a range are answered as a bucket does", async () => {
  const { glb = "" } = await linksOf();
  for (const url of [glb.replace(".glb", ".obj"), glb.replace("Expires=1", "Expires=2"), glb.split("?")[0] ?? ""])
    expect((await download(url)).status).toBe(403);
  expect((await ask(glb, { method: "PUT", body: "x" })).status).toBe(405);
  const part = await ask(glb, { headers: { range: "bytes=0-3" } });
  expect([part.status, part.bytes.toString()]).toEqual([206, "glTF"]);
});

test("the fault expired-link works at both hosts", async () => {
  const { glb } = await linksOf();
  sandbox.addFault({ host: "kaedimFiles", kind: "expired-link", times: 1 });
  expect([(await download(glb)).status, (await download(glb)).status]).toEqual([403, 200]);
  sandbox.addFault({ host: "kaedim", kind: "expired-link", path: "*/fetchRequest", times: 1 });
  const { obj } = await linksOf();
  expect((await download(obj)).status).toBe(403);
  expect(sandbox.faults().map(({ fired }) => fired)).toEqual([1, 1]);
});
