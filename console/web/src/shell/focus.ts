// What goes away with the keyboard's focus in it leaves that at the pane in which it was, not nowhere.

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function useFocusLeftBehind(): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(
    () => () => {
      if (place.current?.contains(document.activeElement)) place.current.closest<HTMLElement>("[role=tabpanel]")?.focus();
    },
    [],
  );
  return place;
}
