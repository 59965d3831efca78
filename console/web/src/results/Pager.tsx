// Which page this is, the way to the others, and what lies beyond the last.

import type { ResultPage } from "../api/types";
import { count } from "../runs/words";
import { Icon } from "../shell/Icon";

interface Props {
  page: ResultPage;
  isReading: boolean;
  onPage(page: number): void;
}

export function Pager({ page, isReading, onPage }: Props) {
  const last = Math.max(1, page.totalPages);
  const from = page.rows.length ? (page.page - 1) * page.pageSize + 1 : 0;
  const to = from ? from + page.rows.length - 1 : 0;
  // Not `disabled`: that would take the focus from whoever goes on with the keyboard.
  const step = (name: string, icon: string, to: number, isEnd: boolean) => (
    <button type="button" class="icon-button" aria-label={name} aria-disabled={isEnd || isReading} onClick={() => isEnd || isReading || onPage(to)}>
      <Icon name={icon} />
    </button>
  );
  return (
    <nav class="pager" aria-label="Pages of the results" aria-busy={isReading}>
      <span class="range">
        {from.toLocaleString("en")} to {to.toLocaleString("en")} of {count(page.totalRows, "row")}
      </span>
      {step("First page", "first", 1, page.page <= 1)}
      {step("Previous page", "previous", page.page - 1, page.page <= 1)}
      <span class="page-number">
        Page {page.page} of {last}
      </span>
      {step("Next page", "next", page.page + 1, page.page >= last)}
      {step("Last page", "last", last, page.page >= last)}
    </nav>
  );
}
