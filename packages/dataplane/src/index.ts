export { DATA_PLANE_CONTRACT, type DataPlaneCase, type DataPlaneFixture } from "./contract.ts";
export type { DataPlane, SweepResult } from "./data-plane.ts";
