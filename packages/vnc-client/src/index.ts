export type { VncBounds } from "./collect.ts";
export { type ObjectKey, VncClient, type VncEndpoint } from "./vnc-client.ts";
