export { ConfigNodeProcess } from "./config-node-process.ts";
export { type MachineCall, startOf } from "./machine-calls.ts";
export { PluginProcess, SCRIPT } from "./plugin-process.ts";
