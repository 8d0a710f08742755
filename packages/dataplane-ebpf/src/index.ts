export { type EbpfDataPlaneOptions, openEbpfDataPlane } from "./ebpf-data-plane.ts";
export { onBpfFileSystem, removePins } from "./pins.ts";
export { type EbpfProbe, probeEbpf } from "./probe.ts";
export { type ProgramCost, programCosts } from "./program-cost.ts";
