export { ConfigNodeProcess, type Surroundings } from "./config-node-process.ts";
export { type MachineCall, startOf } from "./machine-calls.ts";
export { findOrphans } from "./orphans.ts";
export { PluginProcess, SCRIPT } from "./plugin-process.ts";
export { seededRandom } from "./seeded-random.ts";
export { WritingClient } from "./writing-client.ts";
export { WrongClock } from "./wrong-clock.ts";
