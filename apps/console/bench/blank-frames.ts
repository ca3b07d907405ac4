import type { Browser, CDPSession, Page } from "playwright-core";

/** What the screen showed, frame by frame, as the browser's compositor put it together. */
export interface ScreenRecording {
  stop(): Promise<readonly string[]>;
}

/** Each frame at half the size, as base64 of a JPEG; at most so many. */
const maxFrames = 600;

export async function recordScreen(page: Page): Promise<ScreenRecording> {
  const frames: string[] = [];
  const session: CDPSession = await page.context().newCDPSession(page);
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    if (frames.length < maxFrames) frames.push(data);
    void session.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
  });
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  await session.send("Page.startScreencast", {
    format: "jpeg",
    quality: 80,
    maxWidth: width / 2,
    maxHeight: height / 2,
    everyNthFrame: 1,
  });
  return {
    async stop() {
      await session.send("Page.stopScreencast");
      await session.detach();
      return frames;
    },
  };
}

/** Where on the screen cards must be, as parts of its width and height, and the colour that shows where there are none. */
export interface GridPlace {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly ground: readonly [number, number, number];
}

/** The tallest band of nothing but ground across the whole grid in each frame, as a part of the screen's height. */
export async function measureBlankBands(
  browser: Browser,
  frames: readonly string[],
  place: GridPlace,
): Promise<number[]> {
  const page = await browser.newPage();
  const bands: number[] = [];
  for (const frame of frames) bands.push(await page.evaluate(findTallestBand, { frame, place }));
  await page.close();
  return bands;
}

/** Runs in a page of its own; so it must not refer to anything around it. */
async function findTallestBand({ frame, place }: { frame: string; place: GridPlace }): Promise<number> {
  /** Of 255, for what JPEG makes of an even ground. */
  const tolerance = 5;
  const bytes = Uint8Array.from(atob(frame), (character) => character.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser has no canvas.");
  context.drawImage(image, 0, 0);
  const left = Math.ceil(place.left * image.width);
  const width = Math.floor(place.right * image.width) - left;
  const top = Math.ceil(place.top * image.height);
  const { data } = context.getImageData(left, top, width, image.height - top);
  const isGround = (at: number): boolean =>
    place.ground.every((colour, channel) => Math.abs((data[at + channel] ?? 0) - colour) <= tolerance);
  let tallest = 0;
  let run = 0;
  for (let line = 0; line < image.height - top; line += 1) {
    let ground = 0;
    for (let column = 0; column < width; column += 1) if (isGround((line * width + column) * 4)) ground += 1;
    // The frames of cards are lines from top to bottom.
    run = ground >= width * 0.97 ? run + 1 : 0;
    tallest = Math.max(tallest, run);
  }
  return tallest / image.height;
}
