export { isolateFromHostStack } from "./host-stack.ts";
export { bindToDevice, holdUdpPort, openRawInetSocket, type RawInetSocket } from "./inet-socket.ts";
export { runIp, runIpBatch, runIpJson } from "./ip-command.ts";
export { ERRNO, interfaceIndex, SystemCallError, takeFileLock } from "./libc.ts";
export { watchLinks } from "./link-watch.ts";
export { disableOffloads } from "./offloads.ts";
export { type FilterInstruction, openPacketSocket, type PacketSocket, type Received } from "./packet-socket.ts";
