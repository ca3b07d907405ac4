import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Failure } from "../domain/failure.ts";
import { assetTypes } from "../domain/product.ts";
import type { AssetSource } from "../domain/source.ts";

/** A far side that a source under test talks to. Each test gets its own and closes it. */
export interface SourceUnderTest {
  readonly source: AssetSource;
  /** A product of the catalog with an archive, and how often a link was asked for it so far. */
  readonly product: { readonly productId: number; readonly downloadId: string };
  linksAskedFor(): number;
  spentAtProvider(): number;
  /** Makes the provider go away without an answer, from the next request on. */
  disconnect(): void;
  /** Breaks the next answer to a request for a link after the provider did its part. */
  loseNextLinkAnswer(): void;
  /** Breaks the next archive transfer in the middle. */
  cutNextTransfer(): void;
  withoutAccount(): AssetSource;
  withWrongPassword(): AssetSource;
  close(): Promise<void>;
}

/** The promises of `AssetSource`, as tests. Every source runs them: `testAssetSource("imeshh", open)`. */
export function testAssetSource(name: string, open: () => Promise<SourceUnderTest>): void {
  async function begin(): Promise<SourceUnderTest & { signal: AbortSignal; folder: string }> {
    const under = await open();
    const folder = await mkdtemp(join(tmpdir(), "asset-source-"));
    onTestFinished(async () => {
      await under.close();
      await rm(folder, { recursive: true, force: true });
    });
    return { ...under, signal: new AbortController().signal, folder };
  }
  const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
    const error = await work.then(
      () => new Error("it did not fail"),
      (thrown: unknown) => thrown,
    );
    if (error instanceof Failure) return error;
    throw error;
  };

  describe(`${name} keeps the promises of a source`, () => {
    it("tells its catalog's revision, the same while nothing changed", async () => {
      const { source, signal } = await begin();
      const first = await source.getStatus({ signal });
      expect(first.catalogRevision).not.toBe("");
      expect(await source.getStatus({ signal })).toEqual(first);
    });

    it("offers its whole catalog without an account", async () => {
      const { withoutAccount, signal, product } = await begin();
      const catalog = await withoutAccount().fetchCatalog({ signal });
      expect(catalog.products.map(({ id }) => id)).toContain(product.productId);
      for (const offered of catalog.products) expect(offered.archives.length).toBeGreaterThan(0);
      for (const assetType of assetTypes) expect(catalog.catalogFiles[assetType]).toContain("VERSION 1");
      expect(catalog.feeds.length).toBeGreaterThan(0);
    });

    it("fetches a picture of a product without an account, and spends nothing on it", async () => {
      const { withoutAccount, signal, product, folder, spentAtProvider } = await begin();
      const source = withoutAccount();
      const { products } = await source.fetchCatalog({ signal });
      const [picture] = products.find(({ id }) => id === product.productId)?.pictures ?? [];
      if (picture === undefined) throw new Error("The product has no picture.");
      for (const [size, url] of Object.entries(picture)) {
        const path = join(folder, size);
        await source.fetchPicture({ url, path, maxPictureBytes: 1e7, signal });
        expect(existsSync(path)).toBe(true);
      }
      const path = join(folder, "refused");
      const refused = [
        { url: "https://other.example/x.png", path, maxPictureBytes: 1e7, signal },
        { url: picture.large, path, maxPictureBytes: 10, signal },
        { url: picture.large, path, maxPictureBytes: 1e7, signal: AbortSignal.abort() },
      ];
      const codes = [];
      for (const asked of refused) codes.push((await failureOf(source.fetchPicture(asked))).code);
      expect(codes).toEqual(["link-refused", "archive-too-large", "stopped"]);
      expect(existsSync(path)).toBe(false);
      expect(spentAtProvider()).toBe(0);
    });

    it("spends exactly one download per link", async () => {
      const { source, signal, product, spentAtProvider } = await begin();
      const link = await source.requestLink({ ...product, signal });
      expect(link.url).toMatch(/^https?:/);
      expect(spentAtProvider()).toBe(1);
    });

    it("asks once for a link, whatever happens, and says that nobody knows what became of it", async () => {
      const { source, signal, product, loseNextLinkAnswer, linksAskedFor } = await begin();
      loseNextLinkAnswer();
      const failure = await failureOf(source.requestLink({ ...product, signal }));
      expect(failure.spendOutcome).toBe("unknown");
      expect(linksAskedFor()).toBe(1);
    });

    it("says that nothing was spent when the provider was never reached", async () => {
      const { source, signal, product, disconnect } = await begin();
      disconnect();
      const failure = await failureOf(source.requestLink({ ...product, signal }));
      expect(failure).toMatchObject({ code: "provider-unreachable", spendOutcome: "not-spent" });
    });

    it("says that nothing was spent without an account, or with a wrong password", async () => {
      const { withoutAccount, withWrongPassword, signal, product, linksAskedFor } = await begin();
      const missing = await failureOf(withoutAccount().requestLink({ ...product, signal }));
      expect(missing).toMatchObject({ code: "sign-in-missing", spendOutcome: "not-spent" });
      const wrong = await failureOf(withWrongPassword().requestLink({ ...product, signal }));
      expect(wrong).toMatchObject({ code: "sign-in-failed", spendOutcome: "not-spent" });
      expect(linksAskedFor()).toBe(0);
    });

    it("fetches the archive of a link whole, and says its length and hash", async () => {
      const { source, signal, product, folder } = await begin();
      const link = await source.requestLink({ ...product, signal });
      const path = join(folder, "archive.zip");
      const starts: number[] = [];
      const fetched = await source.fetchArchive({
        link,
        path,
        maxArchiveBytes: 1e9,
        signal,
        onStart: ({ totalBytes }) => starts.push(totalBytes),
      });
      expect(fetched.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(starts).toEqual([fetched.bytes]);
      expect(existsSync(path)).toBe(true);
    });

    it("goes on with a broken transfer on the same link and spends nothing more", async () => {
      const { source, signal, product, folder, cutNextTransfer, spentAtProvider } = await begin();
      const link = await source.requestLink({ ...product, signal });
      cutNextTransfer();
      await source.fetchArchive({ link, path: join(folder, "archive.zip"), maxArchiveBytes: 1e9, signal });
      expect(spentAtProvider()).toBe(1);
    });

    it("refuses an archive over the limit and leaves nothing at its path", async () => {
      const { source, signal, product, folder } = await begin();
      const link = await source.requestLink({ ...product, signal });
      const path = join(folder, "archive.zip");
      const failure = await failureOf(source.fetchArchive({ link, path, maxArchiveBytes: 1_000, signal }));
      expect(failure.code).toBe("archive-too-large");
      expect(existsSync(path)).toBe(false);
    });

    it("ends every method when told to stop", async () => {
      const { source, product, folder } = await begin();
      const signal = AbortSignal.abort();
      const link = { url: "https://r2.imeshh.com/x.zip", expiresAtMs: null };
      const calls = [
        source.getStatus({ signal }),
        source.fetchCatalog({ signal }),
        source.getEntitlement({ signal }),
        source.requestLink({ ...product, signal }),
        source.fetchArchive({ link, path: join(folder, "x.zip"), maxArchiveBytes: 1, signal }),
      ];
      for (const call of calls) expect(["stopped", "link-refused"]).toContain((await failureOf(call)).code);
    });
  });
}
