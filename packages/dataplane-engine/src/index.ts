export { createEngineDataPlane, type EngineDataPlaneOptions } from "./engine-data-plane.ts";
