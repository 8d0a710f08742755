export { enterMachine } from "./enter-machine.ts";
export { askSocket, type CallBounds, callSocket, type SocketReply } from "./json-over-socket.ts";
export { inNamespace, makeNamespace, nsenter, removeNamespace } from "./namespace.ts";
export { acquireAddress, type NicPlug, plugNic, unplugNic } from "./nic.ts";
