export { ContrailError } from "./contrail-error.ts";
export { type WireStatus, wireStatus } from "./status.ts";
