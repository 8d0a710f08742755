export { FaultWorld } from "./fault-world.ts";
export { killRound, type RoundReport } from "./kill-round.ts";
