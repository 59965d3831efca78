// The line between editor and results: dragged, or moved with the arrow keys.

import { signal } from "@preact/signals";
import { keep, kept } from "../kept";

const STEP = 3;
const LEAST = 12;
const MOST = 85;

// How much of the height is the editor's, in hundredths.
export const share = signal(kept("share", 45));

export function Splitter() {
  const set = (value: number) => {
    share.value = Math.round(Math.max(LEAST, Math.min(MOST, value)));
    keep("share", share.value);
  };
  function drag(event: PointerEvent): void {
    const line = event.currentTarget as HTMLElement;
    const area = line.parentElement?.getBoundingClientRect();
    if (!area) return;
    line.setPointerCapture(event.pointerId);
    line.onpointermove = (move) => set(((move.clientY - area.top) / area.height) * 100);
    line.onpointerup = () => {
      line.onpointermove = null;
    };
    event.preventDefault();
  }
  return (
    <div
      class="splitter"
      role="separator"
      tabIndex={0}
      aria-orientation="horizontal"
      aria-label="Height of the editor"
      aria-valuenow={share.value}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onPointerDown={drag}
      onKeyDown={(event) => {
        const by = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        set(share.value + by);
      }}
    />
  );
}
