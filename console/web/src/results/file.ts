// All rows as a file. Browsers get it by themselves and show how far they are, but not why there is none: so the page asks
// for rows first. In another site's frame Chromium sends such downloads without the cookies that are made for the frame, so
// there the page gets it and hands it over.

import { getResults } from "../api/calls";
import { fetchFile } from "../api/http";
import { isFramed } from "../framed";
import { tell, tellProblem } from "../messages";

export function addressOf(runId: string): string {
  return `/api/runs/${runId}/results.csv`;
}

export function onDownload(event: MouseEvent, runId: string): void {
  event.preventDefault();
  void (isFramed ? hand(runId) : get(runId)).catch(tellProblem);
}

async function get(runId: string): Promise<void> {
  await getResults(runId, 1);
  download(addressOf(runId), "");
}

async function hand(runId: string): Promise<void> {
  tell("The file is on its way.");
  const file = URL.createObjectURL(await fetchFile(addressOf(runId)));
  download(file, `run-${runId}.csv`);
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}

function download(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
