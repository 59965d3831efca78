// The JSON of the API as the console reads it. GET /api/schema/ is the whole of it.

export type Status = "queued" | "running" | "ready" | "failed" | "canceled";
export type Stage = "validating" | "preparing" | "starting" | "executing" | "confirming";
export type UpdateType = "Overwrite" | "Append" | "Update";
export type Value = string | number | boolean | null;

export interface Limit {
  limit: number;
  inUse: number | null;
}

export interface Me {
  user: { id: string; name: string; email: string };
  tenant: { id: string; name: string; subdomain?: string };
  mid: number;
  role: string;
  businessUnit?: { name: string };
  // How the business unit is reached for this person.
  connection?: { state: "active" | "broken" | "none" };
  limits: { activeRuns: Limit; eventStreams: Limit };
}

export interface BusinessUnit {
  mid: number;
  name: string;
}

export interface Target {
  customerKey: string;
  updateType: UpdateType;
}

export interface Violation {
  code?: string;
  field: string;
  message: string;
}

export interface Run {
  runId: string;
  status: Status;
  stage: Stage | null;
  snippetName: string;
  targetDataExtension: Target | null;
  createdAt: string;
  finishedAt: string | null;
  timings: {
    queuedMs: number | null;
    preparingMs: number | null;
    mceMs: number | null;
    confirmingMs: number | null;
    totalMs: number | null;
  };
  rowCount: number | null;
  errorCode: string | null;
  errorMessage: string | null;
  violations: Violation[];
  warnings: Violation[];
}

export interface RunPage {
  results: Run[];
  next: string | null;
}

export interface StatusEvent {
  runId: string;
  status: Status;
  stage?: Stage;
  errorCode?: string;
  errorMessage?: string;
  at: string;
}

export interface Column {
  name: string;
  type: string;
}

export interface ResultPage {
  page: number;
  pageSize: number;
  totalRows: number;
  totalPages: number;
  truncated: boolean;
  columns: Column[];
  rows: Value[][];
}

// A place counts lines and characters from 1; a fix stands in for the `length` characters there.
export interface Finding {
  code: string;
  severity: "error" | "warning";
  field: string;
  message: string;
  line: number;
  column: number;
  length: number;
  fix?: string;
}

// An earlier run of the same query.
export interface PreviousRun {
  totalMs: number | null;
  rowCount: number | null;
}

export interface Understanding {
  valid: boolean;
  estimate: { previousRun: PreviousRun | null };
  errors: Finding[];
  warnings: Finding[];
}
