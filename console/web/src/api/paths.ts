// The links of a paged list hold whole addresses; behind a proxy their host need not be the one that we are at.

export function pathOf(address: string): string {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
}
