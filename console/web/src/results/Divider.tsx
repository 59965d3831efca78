// The edge of a column: dragged, moved with the arrow keys until Escape, or clicked twice to fit.

import { bounded, NARROWEST, WIDEST } from "./widths";

const STEP = 16;

interface Props {
  label: string;
  width: number;
  onWidth(width: number): void;
  onFit(): void;
}

export function Divider({ label, width, onWidth, onFit }: Props) {
  function drag(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    const from = event.clientX;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => onWidth(bounded(width + move.clientX - from));
    handle.onpointerup = () => {
      handle.onpointermove = null;
    };
    event.preventDefault();
  }

  function step(event: KeyboardEvent): void {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (by !== undefined) onWidth(bounded(width + by));
    else if (event.key === "Enter") onFit();
    else if (event.key === "Escape") (event.currentTarget as HTMLElement).closest("th")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <span
      class="divider"
      role="separator"
      tabIndex={-1}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}
      onPointerDown={drag}
      onDblClick={onFit}
      onKeyDown={step}
    />
  );
}
