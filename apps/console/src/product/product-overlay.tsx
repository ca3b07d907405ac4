import { CloseButton, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useHistoryState } from "wouter/use-browser-location";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import classes from "./product.module.css";
import { ProductPage } from "./product-page.tsx";
import { productWords } from "./product-words.ts";

/** A product over the catalog, which stays as it was below. Closing goes back where the person came from. */
export function ProductOverlay({ id }: { id: string }) {
  const say = useWords(productWords);
  const [, navigate] = useLocation();
  const search = useSearch();
  const state = useHistoryState<{ fromGrid?: boolean } | null>();
  const isNarrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  const { data: product } = useOperation("show", { id });
  const close = useCallback(() => {
    if (state?.fromGrid === true) history.back();
    else navigate(search === "" ? "/" : `/?${search}`, { replace: true });
  }, [state, navigate, search]);
  useFocusAfterwards();
  return (
    <Modal.Root
      opened
      onClose={close}
      returnFocus={false}
      size={1120}
      fullScreen={isNarrow}
      yOffset={32}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={product?.title ?? say("archives")} className={classes.overlay}>
        <Modal.Body p={0}>
          <div className={classes.corner}>
            <CloseButton size="lg" className={classes.close} aria-label={say("close")} onClick={close} />
          </div>
          <ProductPage id={id} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Gives the focus back to where it was. Mantine does so when a dialog is closed; this one is taken away with its address. */
function useFocusAfterwards(): void {
  // Asked while the first picture is made: afterwards the dialog has the focus.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    [before],
  );
}
