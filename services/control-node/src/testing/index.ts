export { SETTINGS } from "../config.ts";
export { startControlNode } from "../start.ts";
export { AgentClient, agentRoute, machineOf } from "./agent-client.ts";
export { FuzzWorld } from "./fuzz-world.ts";
export { RawPeer } from "./raw-peer.ts";
export { SessionFuzzer, type SessionFuzzReport } from "./session-fuzz.ts";
