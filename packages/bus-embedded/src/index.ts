export { createLocalBus } from "./local-bus.ts";
export { type Log, openLog } from "./log.ts";
export { createEmbeddedBus, type EmbeddedBusOptions } from "./log-client.ts";
export { serveLog } from "./log-server.ts";
