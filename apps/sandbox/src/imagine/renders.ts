import { InvalidInputError } from "../parse-strictly.ts";
import type { Product } from "./products.ts";
import { finished, type Timeline } from "./timeline.ts";

/** One camera's picture of a render job. */
export interface RenderImage {
  id: number;
  angleName: string;
  timeline: Timeline;
  isArchived: boolean;
}

export interface Render {
  renderId: number;
  createdAtMs: number;
  products: Product[];
  images: RenderImage[];
}

export interface Renders {
  create(render: {
    products: Product[];
    cameras: { id: number; name: string }[];
    timeline: Timeline;
    nowMs: number;
  }): Render;
  find(renderId: number): Render | undefined;
  /** Throws `InvalidInputError` where there is none. */
  get(renderId: number): Render;
  /** Newest first. */
  all(): Render[];
  change(renderId: number, change: (timeline: Timeline) => Timeline, index?: number): void;
  finish(renderId: number, nowMs: number): void;
}

export function createRenders(nextImageId: () => number): Renders {
  const renders = new Map<number, Render>();
  let lastRenderId = 2_280_000;
  const get = (renderId: number) => {
    const render = renders.get(renderId);
    if (render === undefined) throw new InvalidInputError(`There is no Imagine render ${renderId}.`);
    return render;
  };
  const change: Renders["change"] = (renderId, changeTimeline, index) => {
    const { images } = get(renderId);
    if (index !== undefined && images[index] === undefined)
      throw new InvalidInputError(`The Imagine render ${renderId} has no image ${index}.`);
    for (const [position, image] of images.entries())
      if (index === undefined || index === position) image.timeline = changeTimeline(image.timeline);
  };
  return {
    create({ products, cameras, timeline, nowMs }) {
      lastRenderId += 1;
      const images = cameras.map(({ name }) => ({
        id: nextImageId(),
        angleName: name,
        timeline: [...timeline],
        isArchived: false,
      }));
      const render = { renderId: lastRenderId, createdAtMs: nowMs, products, images };
      renders.set(lastRenderId, render);
      return render;
    },
    find: (renderId) => renders.get(renderId),
    get,
    all: () => [...renders.values()].reverse(),
    change,
    finish: (renderId, nowMs) => change(renderId, (timeline) => finished(timeline, nowMs)),
  };
}
