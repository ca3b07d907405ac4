import { ApiError, type Clock, pollUntil } from "@org/http-core";
import { decideItemOutcome } from "./content-status.ts";
import type { ImagineApi } from "./imagine-api.ts";
import { listRenderImages, type RenderImage } from "./renders.ts";
import { completeWait, type WaitOptions } from "./wait-options.ts";

export interface WaitForRenderOptions extends WaitOptions {
  renderId: number;
  onProgress?: ((progress: RenderProgress) => void) | undefined;
}

export interface RenderProgress {
  readonly images: readonly RenderImage[];
  readonly elapsedMs: number;
}

/** A render whose images have all ended, well or not. */
export interface FinishedRender {
  readonly done: readonly RenderImage[];
  /** Failed, infected or disabled. */
  readonly failed: readonly RenderImage[];
  /** Every image is done. */
  readonly isComplete: boolean;
  readonly creditsLeft: number | null;
}

const operation = "Imagine waitForRender";

/**
 * Looks again and again until every image of a render has ended. Some of them are a result too; `generation-failed` is
 * thrown only where none was made, `deadline-passed` where it was not decided in time.
 */
export async function waitForRender(
  parts: { api: ImagineApi; clock: Clock; httpSignal: AbortSignal | undefined },
  options: WaitForRenderOptions,
): Promise<FinishedRender> {
  const { renderId, creditBudget, onProgress } = options;
  const signals = [options.signal, parts.httpSignal].filter((signal) => signal !== undefined);
  const { images, creditsLeft } = await pollUntil({
    name: operation,
    ...completeWait(operation, options),
    async check(signal) {
      const images: RenderImage[] = [];
      let creditsLeft: number | null = null;
      const list = listRenderImages(parts.api, { renderId, creditBudget, signal }, { operation, isLook: true });
      for await (const page of list.pages()) {
        images.push(...page.items);
        creditsLeft = page.creditsLeft;
      }
      return { images, creditsLeft };
    },
    // A job that was taken just now may have no images yet.
    isFinished: ({ images }) =>
      images.length > 0 && images.every(({ status }) => decideItemOutcome(status) !== "waiting"),
    onProgress: ({ images }, elapsedMs) => onProgress?.({ images, elapsedMs }),
    signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
    clock: parts.clock,
  });
  const done = images.filter(({ status }) => decideItemOutcome(status) === "done");
  const failed = images.filter((image) => !done.includes(image));
  if (done.length === 0) {
    const said = failed.map(({ angleName, status }) => `${angleName ?? "an image"} ${status}`);
    throw new ApiError({
      kind: "refusal",
      code: "generation-failed",
      message: `Imagine made no image of render ${renderId}: ${said.join(", ")}.`,
      request: { operation, method: "", url: "" },
    });
  }
  return { done, failed, isComplete: failed.length === 0, creditsLeft };
}
