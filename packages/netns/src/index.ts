export { isolateFromHostStack } from "./host-stack.ts";
export { bindToDevice, holdUdpPort, openRawInetSocket, type RawInetSocket } from "./inet-socket.ts";
export { runIp, runIpBatch, runIpJson } from "./ip-command.ts";
export { closeDescriptor, ERRNO, interfaceIndex, SystemCallError, takeFileLock } from "./libc.ts";
export { watchLinks } from "./link-watch.ts";
export { disableOffloads } from "./offloads.ts";
export { type FilterInstruction, openPacketSocket, type PacketSocket, type Received } from "./packet-socket.ts";
export {
  beginConnect,
  hopsOfCaller,
  MAX_MD5_KEY_BYTES,
  openTcpSocket,
  rememberCallers,
  setDscp,
  setMd5Key,
  setTtlSecurity,
  tcpConnectionState,
} from "./tcp-socket.ts";
