// SQL laid out anew. What cannot be read is left as it is.

import { formatDialect, transactsql } from "sql-formatter";

export function format(sql: string): string {
  return formatDialect(sql, { dialect: transactsql, tabWidth: 2, keywordCase: "upper", linesBetweenQueries: 1 });
}
