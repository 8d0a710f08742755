export * from "./frames.ts";
export { fragmentsOf, icmpErrorAbout, type PacketChoices, packetChoices, packetOf } from "./packet-arbitrary.ts";
export { Reach, WAYS_OUT } from "./reach.ts";
export { REACHABLE_DROP_REASONS, type Scenario, scenarioArbitrary, UNREACHABLE_DROP_REASONS } from "./scenario.ts";
export { runStep, type Step, type TimedStep } from "./step.ts";
export * from "./world.ts";
export { PASS_ALL, worldArbitrary } from "./world-arbitrary.ts";
