import { picturePath } from "@org/sync-daemon/contract/page";
import { IconPhotoOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { usePictureKey } from "../api/api-context.tsx";
import { usePictureTurns } from "../connection/live-context.tsx";
import classes from "./product-picture.module.css";

/** A picture may still be on its way to the daemon. One that the shop does not have is answered from the browser's own store. */
const retryAfterMs = [3_000, 10_000, 30_000];

interface PictureProps {
  readonly productId: number;
  readonly revision: string;
  /** How many the product has; without any, a sign stands in the picture's place. */
  readonly pictures: number;
  readonly index?: number;
  readonly size?: "small" | "large";
  /** What is to be seen; empty where the name stands beside it. */
  readonly alt?: string;
  readonly fit?: "cover" | "contain";
}

/** A picture that fills its place. The place is there before the picture is, and stays when none comes. */
export function ProductPicture(props: PictureProps) {
  const { productId, revision, pictures, index = 0, size = "small", alt = "", fit = "cover" } = props;
  const pictureKey = usePictureKey();
  const source = picturePath({ pictureKey, productId, index, size, revision });
  const [shown, show] = useState<{ source: string; state: "loaded" | "failed" | "retried"; failures: number } | null>(
    null,
  );
  const known = shown?.source === source ? shown : null;
  const failures = known?.failures ?? 0;
  const state = pictures <= index ? "failed" : (known?.state ?? "loading");
  const isWanted = state !== "failed";
  const image = useRef<HTMLImageElement>(null);
  const done = useRef<(() => void) | null>(null);
  const turns = usePictureTurns();
  useEffect(() => {
    const element = image.current;
    if (!isWanted || element === null) return;
    done.current = turns.take(
      () => {
        element.src = source;
      },
      { isUrgent: size === "large" },
    );
    return () => {
      // A picture that has left the page would be loaded all the same, in the way of those that are looked at.
      if (!element.complete) element.removeAttribute("src");
      done.current?.();
    };
  }, [source, size, turns, isWanted]);
  useEffect(() => {
    const waitMs = retryAfterMs[failures - 1];
    if (state !== "failed" || waitMs === undefined) return;
    const timer = setTimeout(() => show({ source, state: "retried", failures }), waitMs);
    return () => clearTimeout(timer);
  }, [state, failures, source]);
  const settle = (next: "loaded" | "failed") => {
    done.current?.();
    show({ source, state: next, failures: next === "failed" ? failures + 1 : failures });
  };
  return (
    <span className={classes.place} data-state={state} data-fit={fit}>
      {/* The sign stays while it is tried again, so that nothing flickers. */}
      {(state === "failed" || state === "retried") && <IconPhotoOff size={28} stroke={1.5} aria-hidden />}
      {state !== "failed" && (
        <img
          key={source}
          ref={image}
          alt={alt}
          decoding="async"
          draggable={false}
          onLoad={() => settle("loaded")}
          onError={() => settle("failed")}
        />
      )}
    </span>
  );
}
