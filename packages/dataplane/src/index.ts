export type { DataPlane, SweepResult } from "./data-plane.ts";
