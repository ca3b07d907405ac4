import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { makeScene } from "../../scene/scene.ts";
import { record } from "../record.ts";
import { type Certificates, type Identity, makeCertificates } from "./certificates.ts";

/** T12 of the reliability plan: a link over a TLS that proves nothing is refused, never followed in the open. */
const clayVase = 132611;
const startedAt = Date.now();
let folder: string;
let certificates: Certificates;
let injections = 0;
let wrong = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tls-"));
  certificates = makeCertificates(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  const what = "self-signed, unknown authority, expired, not yet valid, wrong name, TLS 1.0, TLS 1.1";
  record({ test: "T12", what, injections, wrong, secondSpends: 0, seed: null, ms: Date.now() - startedAt });
});

const old = (version: "TLSv1" | "TLSv1.1") =>
  ({ minVersion: version, maxVersion: version, ciphers: "ALL:@SECLEVEL=0" }) as const;

const cases: readonly { name: string; of: (all: Certificates) => Identity; tls?: object }[] = [
  { name: "a self-signed certificate", of: (all) => all.selfSigned },
  { name: "a certificate of an unknown authority", of: (all) => all.unknownAuthority },
  { name: "an expired certificate", of: (all) => all.expired },
  { name: "a certificate that is not valid yet", of: (all) => all.future },
  { name: "a certificate of another name", of: (all) => all.wrongName },
  { name: "TLS 1.0", of: (all) => all.good, tls: old("TLSv1") },
  { name: "TLS 1.1", of: (all) => all.good, tls: old("TLSv1.1") },
];

it("T12: a good certificate of an authority that a person named is accepted, so that what follows proves something", async () => {
  const { result, served } = await syncOver(certificates.good, {});
  expect(result).toMatchObject({ committed: 1, spent: 1, failed: [] });
  expect(served()).toBeGreaterThan(0);
});

it.each(cases)("T12: $name is refused, and nothing is asked in the open", async ({ of, tls = {} }) => {
  const { result, served, plain, handshakes, assets, spent } = await syncOver(of(certificates), tls);
  injections += handshakes() > 0 ? 1 : 0;
  const isRight = served() === 0 && plain() === 0 && result.committed === 0 && spent === 1;
  wrong += isRight ? 0 : 1;
  expect(handshakes()).toBeGreaterThan(0);
  expect([served(), plain()]).toEqual([0, 0]);
  expect(result).toMatchObject({
    committed: 0,
    spent: 1,
    failed: [{ productId: clayVase, code: "download-interrupted" }],
  });
  expect(assets).toEqual([]);
});

it.each(["TLSv1", "TLSv1.1"] as const)("the server of the %s case does speak it", async (version) => {
  const server = createServer(
    { ...certificates.good, ...old(version) },
    (_request, response) => void response.end("hello"),
  );
  onTestFinished(() => void server.close());
  const port = await listen(server);
  const said = await new Promise<string>((resolve, reject) => {
    const asked = request({ port, host: "127.0.0.1", rejectUnauthorized: false, ...old(version) }, (response) => {
      response.resume();
      resolve((response.socket as unknown as { getProtocol(): string }).getProtocol());
    });
    asked.on("error", reject).end();
  });
  expect(said).toBe(version);
});

/** One product is wanted; its link leads to a TLS server that hands on to the sandbox's own host of archives. */
async function syncOver(identity: Identity, tls: object) {
  const scene = await makeScene({ wanted: [{ productId: clayVase }] });
  const cdn = new URL(scene.sandbox.origins.cdn);
  let served = 0;
  let plain = 0;
  let handshakes = 0;
  const far = createServer({ ...identity, ...tls }, async (incoming, response) => {
    served += 1;
    const answer = await fetch(new URL(incoming.url ?? "/", cdn));
    const body = Buffer.from(await answer.arrayBuffer());
    const etag = answer.headers.get("etag");
    response.writeHead(answer.status, { "content-length": body.length, ...(etag === null ? {} : { etag }) }).end(body);
  });
  const farPort = await listen(far);
  // In front of it, to see whether anybody ever speaks without TLS.
  const front = createTcpServer((client) => {
    client.on("error", () => client.destroy());
    client.once("data", (first) => {
      if (first[0] === 0x16) handshakes += 1;
      else plain += 1;
      const onward = connect(farPort, "127.0.0.1");
      onward.on("error", () => client.destroy());
      client.on("close", () => onward.destroy());
      onward.write(first);
      client.pipe(onward).pipe(client);
    });
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    front.close();
    far.closeAllConnections();
    far.close();
  });
  scene.sandbox.patchState({ linkOrigin: `https://127.0.0.1:${(front.address() as AddressInfo).port}` });
  await scene.writeConfig({ network: { extraCertificateFiles: [certificates.authorityFile], silenceSeconds: 5 } });
  const daemon = await scene.start();
  const result = await daemon.sync();
  return {
    result,
    served: () => served,
    plain: () => plain,
    handshakes: () => handshakes,
    assets: await scene.assets(),
    spent: scene.spentAtShop(),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
