import nock from "nock";
import { describe, expect, it } from "vitest";
import { type FakeService, type Step, type Trouble, withService } from "./__fixtures__/fake-service.ts";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createSkippingClock } from "./__fixtures__/skipping-clock.ts";
import { createImagine, type PublishProductOptions, type PublishRecord } from "./index.ts";

// Its interceptor would hide when a connection breaks.
nock.restore();

const options: PublishProductOptions = {
  model: Buffer.from("glTF"),
  modelFileName: "model.glb",
  thumbnail: Buffer.from("png"),
  thumbnailFileName: "t.png",
  name: "Chair",
  skuId: "SKU-1",
  contentTypes: ["ar", "3d_model_viewer"],
};

/** A program that can be killed: what it stored is all that is left of it. */
function program(service: FakeService, clock = createSkippingClock()) {
  const imagine = createImagine({
    secretKey: far.secretKey,
    domain: far.domain,
    baseUrl: service.origin,
    http: { ...far.quick, clock },
  });
  let stored: string | undefined;
  return {
    imagine,
    clock,
    record: () => (stored === undefined ? undefined : (JSON.parse(stored) as PublishRecord)),
    run: (
      more: Partial<PublishProductOptions> = {},
      onSave: (saves: number, store: () => void) => void = (_n, store) => store(),
    ) => {
      let saves = 0;
      return imagine.publishProduct({
        ...options,
        resumeFrom: stored === undefined ? undefined : JSON.parse(stored),
        ...more,
        onRecord(record) {
          saves += 1;
          onSave(saves, () => {
            stored = JSON.stringify(record);
          });
        },
      });
    },
  };
}

function expectDoneOnce(service: FakeService) {
  expect(service).toMatchObject({ created: ["SKU-1"], jobs: 1, uploaded: new Set(["model", "thumbnail"]) });
}

describe("publishProduct", () => {
  it("does every step once, and tells of each before it could be lost", async () => {
    await withService(async (service) => {
      const { run, clock } = program(service);
      const told: string[] = [];
      const uploads: string[] = [];
      const published = await run(
        { onUpload: (kind, { sentBytes }) => uploads.push(`${kind} ${sentBytes}`) },
        (_saves, store) => store(),
      );
      expect(published).toMatchObject({
        unicode: far.unicode,
        productId: 7,
        outcomes: { ar: "done", "3d_model_viewer": "done" },
        isComplete: true,
        creditsLeft: 80,
      });
      expect(uploads).toEqual(["model 4", "thumbnail 3"]);
      expectDoneOnce(service);
      expect(service.marks).toBe(1);
      expect(clock.waits).toEqual([240_000, 150_000]);
      await run({ resumeFrom: undefined, skuId: "SKU-2" }, () => {
        const { method, url } = service.seen.at(-1) ?? {};
        told.push(`${method} ${url}`);
      });
      expect(told.length).toBeGreaterThan(8);
      expect(JSON.parse(JSON.stringify(published.record))).toEqual(published.record);
    });
  });

  it("asks nothing more of a finished record", async () => {
    await withService(async (service) => {
      const { run } = program(service);
      await run();
      const before = service.seen.length;
      expect(await run()).toMatchObject({ unicode: far.unicode, isComplete: true });
      expect(service.seen.length).toBe(before);
    });
  });

  it("goes on after a crash at any record, stored or not, without doing anything twice", async () => {
    // 14 records are told of; the last two counts find none left.
    for (let crashAt = 1; crashAt <= 14; crashAt += 1) {
      for (const isStored of [true, false]) {
        await withService(async (service) => {
          const { run, record } = program(service);
          const crash = run({}, (saves, store) => {
            if (saves < crashAt || isStored) store();
            if (saves === crashAt) throw new Error("killed");
          });
          const outcome = await crash.then(
            () => "done",
            (error: unknown) => error,
          );
          if (outcome === "done") return expectDoneOnce(service);
          const lost = record()?.create === "sent" && service.created.length > 0;
          if (lost) {
            // The answer with the forms was never stored, and nobody gives them again.
            const error = await far.failureOf(run());
            expect(error).toMatchObject({ code: "upload-form-lost", fieldErrors: { unicode: [far.unicode] } });
            expect(service.created).toEqual(["SKU-1"]);
            return;
          }
          await run();
          expectDoneOnce(service);
        });
      }
    }
  });

  const steps: Step[] = ["create", "model", "thumbnail", "mark", "job", "status"];
  const troubles: Trouble[] = ["reset-before", "reset-after", "500-before", "500-after"];
  it.each(steps.flatMap((step) => troubles.map((trouble) => [step, trouble] as const)))(
    "survives trouble at %s (%s)",
    async (step, trouble) => {
      await withService(async (service) => {
        service.trouble.set(step, trouble);
        const { run } = program(service);
        let failures = 0;
        for (; failures < 3; failures += 1) {
          const error = await run().then(
            () => undefined,
            (reason: unknown) => reason as { code?: string },
          );
          if (error === undefined) break;
          if (error.code === "upload-form-lost") {
            expect([step, trouble.endsWith("after")]).toEqual(["create", true]);
            expect(service.created).toEqual(["SKU-1"]);
            return;
          }
        }
        expect(failures).toBeLessThan(3);
        expectDoneOnce(service);
      });
    },
  );

  it("asks the service after a lost answer of S3 instead of uploading again", async () => {
    await withService(async (service) => {
      service.trouble.set("model", "reset-after");
      await program(service).run();
      expect(service.seen.filter(({ url }) => url === "/bucket/model")).toHaveLength(1);
    });
  });

  it("still knows after a crash that it has to ask", async () => {
    await withService(async (service) => {
      service.trouble.set("model", "reset-after");
      const { run, record } = program(service);
      const killed = run({}, (_saves, store) => {
        store();
        if (record()?.mark === "sent") throw new Error("killed");
      });
      await expect(killed).rejects.toThrow("killed");
      expect(record()?.model.state).toBe("sent");
      await run();
      expect(service.seen.filter(({ url }) => url === "/bucket/model")).toHaveLength(1);
      expectDoneOnce(service);
    });
  });

  it("goes on where a second mark is refused because the first one counted", async () => {
    await withService(
      async (service) => {
        service.trouble.set("mark", "reset-after");
        const { run } = program(service);
        await far.failureOf(run());
        await run();
        expectDoneOnce(service);
      },
      { marksOnce: true },
    );
  });

  it("uploads again where the service says that it is not there", async () => {
    await withService(async (service) => {
      service.trouble.set("model", "reset-before");
      await program(service).run();
      const asked = service.seen.map(({ method, url }) => `${method} ${url}`);
      expect(asked.filter((one) => one === "POST /bucket/model")).toHaveLength(2);
      expect(asked.filter((one) => one.startsWith("PATCH"))).toHaveLength(2);
      expectDoneOnce(service);
    });
  });

  it("looks before it asks for the job again, and not at once", async () => {
    await withService(async (service) => {
      service.trouble.set("job", "reset-before");
      const { run, clock } = program(service);
      await run();
      expect(service.jobs).toBe(1);
      expect(clock.waits.slice(0, 2)).toEqual([240_000, 240_000]);
      const urls = service.seen.map(({ url }) => url.split("?")[0]);
      const first = urls.indexOf("/v1/product/job/");
      expect(urls.slice(first, first + 3)).toEqual(["/v1/product/job/", "/v1/product/status/", "/v1/product/job/"]);
    });
  });

  it("does not publish over a product that is there already", async () => {
    await withService(async (service) => {
      service.created.push("SKU-1");
      const { run, record } = program(service);
      expect((await far.failureOf(run())).code).toBe("sku-taken");
      expect(record()?.create).toBe("none");
      expect(service.jobs).toBe(0);
    });
  });

  it("keeps credits, and goes on later", async () => {
    await withService(async (service) => {
      const { run, record } = program(service);
      expect((await far.failureOf(run({ creditBudget: 90 }))).code).toBe("credit-budget-reached");
      expect(record()).toMatchObject({ create: "done", model: { state: "done" }, mark: "none", job: "none" });
      await run();
      expectDoneOnce(service);
    });
  });

  it("stops on an abort, and goes on later", async () => {
    await withService(async (service) => {
      const abort = new AbortController();
      const { run } = program(service);
      const stopped = run({ signal: abort.signal }, (saves, store) => {
        store();
        if (saves === 3) abort.abort();
      });
      expect((await far.failureOf(stopped)).code).toBe("aborted");
      await run();
      expectDoneOnce(service);
    });
  });

  it("goes on with the record of the same product only", async () => {
    await withService(async (service) => {
      const { run, record } = program(service);
      await run();
      const resumeFrom = record();
      for (const more of [{ skuId: "SKU-2" }, { contentTypes: ["ar"] as const }, { thumbnail: undefined }]) {
        expect((await far.failureOf(run({ ...more, resumeFrom }))).code).toBe("argument-invalid");
      }
    });
  });

  it("does without a thumbnail", async () => {
    await withService(
      async (service) => {
        await program(service).run({ thumbnail: undefined, thumbnailFileName: undefined });
        expect(service.uploaded).toEqual(new Set(["model"]));
        expect(service.jobs).toBe(1);
      },
      { wantsThumbnail: false },
    );
  });
});
