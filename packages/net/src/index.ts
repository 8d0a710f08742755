export {
  formatInetAddress,
  formatInetPrefix,
  type InetPrefix,
  inetMask,
  inetPrefix,
  inetPrefixContains,
  isInet6Address,
  parseInetAddress,
  parseInetPrefix,
} from "./inet.ts";
export { formatInet6Address, parseInet6Address } from "./inet6.ts";
export {
  BROADCAST_MAC,
  formatMacAddress,
  type MacAddress,
  parseMacAddress,
  readMacAddress,
  VROUTER_MAC,
  writeMacAddress,
} from "./mac.ts";
