// Small pictures beside words; they say nothing that the words or labels do not.

const PATHS: Record<string, string> = {
  run: "M4 2.5v11l9-5.5z",
  stop: "M3.5 3.5h9v9h-9z",
  first: "M4 3v10M12 3 7 8l5 5",
  previous: "M10 3 5 8l5 5",
  next: "m6 3 5 5-5 5",
  last: "M12 3v10M4 3l5 5-5 5",
  copy: "M6 6h7.5v7.5H6zM3.5 10h-1V2.5H10v1",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  error: "M8 1.8 14.6 13.5H1.4zM8 6v3.6M8 11.3v.6",
  place: "M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M11.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0",
  close: "m4 4 8 8M12 4l-8 8",
  add: "M8 3v10M3 8h10",
  format: "M2.5 3.5h11M5.5 6.5h8M5.5 9.5h8M2.5 12.5h11",
  target: "M2 4.5C2 3 13 3 13 4.5v7c0 1.500-11 1.500-11 0zM2 4.500c0 1.500 11 1.500 11 0",
  table: "M2 3h12v10H2zM2 6.300h12M2 9.600h12M6.500 6.300V13",
  open: "m6 4 4 4-4 4",
  opened: "m4 6 4 4 4-4",
  menu: "M2 4h12M2 8h12M2 12h12",
  light: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  dark: "M13 9.500A5.500 5.500 0 0 1 6.500 3 5.500 5.500 0 1 0 13 9.500",
  auto: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2m0 0v12",
  again: "M13 3v3.500H9.500M12.700 6.500A5.200 5.200 0 1 0 13 9",
  bin: "M2.5 4h11M6 4V2.500h4V4M4 4l.7 9.500h6.600L12 4M6.700 6.500v4.500M9.300 6.500v4.500",
  people: "M8 8.200a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400M2.500 13.500c.6-2.400 2.700-3.600 5.500-3.600s4.900 1.200 5.500 3.600",
  key: "M1.500 4h13v8h-13zM4 6.500h.5M7 6.500h.5M10 6.500h.5M5 9.500h6",
};

const FILLED = new Set(["run", "stop"]);

export function Icon({ name }: { name: string }) {
  return (
    <svg class={FILLED.has(name) ? "icon is-filled" : "icon"} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
