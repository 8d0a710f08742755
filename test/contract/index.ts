export { ConfigNodeProcess } from "./config-node-process.ts";
export { PluginProcess, SCRIPT } from "./plugin-process.ts";
