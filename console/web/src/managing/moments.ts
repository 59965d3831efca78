// Times as people read them.

export function moment(iso: string): string {
  return new Date(iso).toLocaleString("sv").slice(0, 16);
}

export function day(iso: string): string {
  return new Date(iso).toLocaleDateString("sv");
}
