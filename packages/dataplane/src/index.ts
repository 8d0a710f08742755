export { DATA_PLANE_CONTRACT, type DataPlaneCase, type DataPlaneFixture } from "./contract.ts";
export { type DataPlane, type FlowRange, MOST_FLOWS, type SweepResult } from "./data-plane.ts";
