export { type ObjectKey, VncClient, type VncEndpoint } from "./vnc-client.ts";
