export { SETTINGS } from "../config.ts";
export { startControlNode } from "../start.ts";
export { AgentClient, agentRoute } from "./agent-client.ts";
