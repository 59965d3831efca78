// What owners and admins do with their account, and everybody with their own keys: the calls and their JSON.

import { call } from "./http";
import { pathOf } from "./paths";

export type Role = "owner" | "admin" | "member";
export type Scope = "runs:read" | "runs:write" | "data:read" | "account:manage";

export interface Place {
  mid: number;
  name: string;
}

export interface Named {
  id: string;
  name: string;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  user: Named;
  businessUnit: Place;
  scopes: Scope[];
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  active: boolean;
  businessUnits: Place[];
}

export interface Connection {
  id: string;
  kind: "client_credentials" | "user_oauth";
  state: "active" | "broken";
  businessUnit: Place;
  user: Named | null;
  clientId: string;
  updatedAt: string;
}

export interface Entry {
  id: string;
  at: string;
  action: string;
  by: string;
  via: string;
  subject: string;
  details: Record<string, unknown>;
}

export interface EntryPage {
  results: Entry[];
  next: string | null;
}

export interface Credentials {
  clientId: string;
  clientSecret: string;
}

async function list<T>(path: string): Promise<T[]> {
  return (await call<{ results: T[] }>("GET", path)).results;
}

export const listKeys = () => list<ApiKey>("/api/api-keys");
export const makeKey = (body: { name: string; scopes: Scope[]; expiresAt: string | null }) =>
  call<{ key: string }>("POST", "/api/api-keys", { body });
export const revokeKey = (id: string) => call<void>("DELETE", `/api/api-keys/${id}`);

export const listMembers = () => list<Member>("/api/members");
export const changeMember = (id: string, body: { role?: Role; active?: boolean }) =>
  call<Member>("PATCH", `/api/members/${id}`, { body });
export const grantUnit = (id: string, mid: number) => call<void>("PUT", `/api/members/${id}/business-units/${mid}`);
export const withdrawUnit = (id: string, mid: number) => call<void>("DELETE", `/api/members/${id}/business-units/${mid}`);

export const listAllUnits = () => list<Place>("/api/tenant/business-units");
export const addUnit = (body: Place) => call<Place>("POST", "/api/tenant/business-units", { body });
export const renameUnit = (mid: number, name: string) => call<Place>("PATCH", `/api/tenant/business-units/${mid}`, { body: { name } });

export const listConnections = () => list<Connection>("/api/connections");
export const makeConnection = (body: Credentials & { mid: number }) => call<Connection>("POST", "/api/connections", { body });
export const renewConnection = (id: string, body: Credentials) => call<Connection>("PATCH", `/api/connections/${id}`, { body });
export const removeConnection = (id: string) => call<void>("DELETE", `/api/connections/${id}`);
export const testConnection = (id: string) => call<void>("POST", `/api/connections/${id}/test`);

export function listAudit(next: string | null, action: string): Promise<EntryPage> {
  const first = `/api/audit?pageSize=50${action ? `&action=${action}` : ""}`;
  return call<EntryPage>("GET", next ? pathOf(next) : first);
}
