export { checkInvariants } from "./campaign/invariants.ts";
export { KilledNode, type KillReport, type KillSum } from "./campaign/killed-node.ts";
export { KILLS, type KillStep } from "./campaign/nemesis.ts";
export { giveAllBack, makeNetwork, raceForAddresses, raceForRevisions } from "./campaign/races.ts";
export { historyRound, type RoundReport } from "./campaign/round.ts";
export { makeWorld, type StoreWorld } from "./campaign/world.ts";
export { missingServers } from "./config.ts";
export { startServers } from "./server-commands.ts";
export { portChooser, portFlags } from "./server-ports.ts";
