export { fromWireChange, fromWireObject, OTHER_MAJOR, toWireChange, toWireObject } from "./config-object.ts";
export {
  fromWireCounters,
  fromWireDrops,
  fromWireFlow,
  toWireCounters,
  toWireDrops,
  toWireFlow,
} from "./data-plane-reports.ts";
export { fromWireDelta, toWireDelta } from "./data-plane-rows.ts";
export * as busWire from "./gen/opencontrail/bus/v1/log_service.ts";
export * as configServiceWire from "./gen/opencontrail/config/v1/config_service.ts";
export * as configWire from "./gen/opencontrail/config/v1/object.ts";
export * as agentWire from "./gen/opencontrail/control/v1/agent_service.ts";
export * as dataPlaneWire from "./gen/opencontrail/dataplane/v1/data_plane_service.ts";
