/** A time as the API writes it: 2026-11-24T02:49:37+0000. */
export function apiDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}
