export { enterMachine } from "./enter-machine.ts";
export { type CallBounds, callSocket } from "./json-over-socket.ts";
export { inNamespace, makeNamespace, nsenter, removeNamespace } from "./namespace.ts";
export { acquireAddress, type NicPlug, plugNic, unplugNic } from "./nic.ts";
