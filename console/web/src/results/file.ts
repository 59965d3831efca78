// All rows as a file. Browsers get it by themselves and show how far they are; but in another site's frame Chromium
// sends such downloads without the cookies that are made for the frame, so there the page gets it and hands it over.

import { fetchFile } from "../api/http";
import { isFramed } from "../framed";
import { tell, tellProblem } from "../messages";

export function addressOf(runId: string): string {
  return `/api/runs/${runId}/results.csv`;
}

export function onDownload(event: MouseEvent, runId: string): void {
  if (!isFramed) return;
  event.preventDefault();
  void hand(runId).catch(tellProblem);
}

async function hand(runId: string): Promise<void> {
  tell("The file is on its way.");
  const file = URL.createObjectURL(await fetchFile(addressOf(runId)));
  const link = document.createElement("a");
  link.href = file;
  link.download = `run-${runId}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(file), 60_000);
}
