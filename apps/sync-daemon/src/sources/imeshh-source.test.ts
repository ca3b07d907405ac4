import { startSandbox } from "@org/sandbox";
import { testAssetSource } from "./asset-source.contract.ts";
import { createImeshhSource } from "./imeshh-source.ts";

const clayVase = { productId: 132611, downloadId: "3308b6c5-c2dd-5fb9-a768-7d3df999557a" };
const linkPath = "/wp-json/imeshh/product-information/download-link";

testAssetSource("imeshh", async () => {
  const sandbox = await startSandbox();
  const { shop, blog, feeds, extensions } = sandbox.origins;
  const make = (account: { username: string; password: string } | null) =>
    createImeshhSource({
      account,
      origins: { shop, blog, feeds, extensions },
      archiveHosts: ["127.0.0.1"],
      bandwidthBytesPerSecond: null,
      network: { proxy: null, noProxy: null, extraCertificateFiles: [], silenceMs: 30_000 },
      logger: undefined,
    });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await sandbox.close();
    isOpen = false;
  };
  return {
    source: make({ username: "artist@example.com", password: "sandbox" }),
    product: clayVase,
    linksAskedFor: () => sandbox.requests({ path: linkPath }).length,
    spentAtProvider: () => Object.values(sandbox.counters()).reduce((sum, count) => sum + count, 0),
    disconnect: () => void close(),
    loseNextLinkAnswer: () =>
      void sandbox.addFault({ host: "shop", path: linkPath, kind: "refuse", afterHandling: true, times: 1 }),
    cutNextTransfer: () =>
      void sandbox.addFault({ host: "cdn", path: "/2025/06/28170130/", kind: "cut", afterBytes: 50_000, times: 1 }),
    withoutAccount: () => make(null),
    withWrongPassword: () => make({ username: "artist@example.com", password: "wrong" }),
    close,
  };
});
