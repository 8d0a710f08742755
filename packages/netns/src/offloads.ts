import {
  AF_INET,
  addressOf,
  closeDescriptor,
  deviceControl,
  ERRNO,
  openSocket,
  SOCK_DGRAM,
  SystemCallError,
} from "./libc.ts";

const SIOCETHTOOL = 0x8946;
/** Commands of struct ethtool_value (linux/ethtool.h). */
const SET_COMMANDS = {
  tso: 0x1f,
  gso: 0x24,
  gro: 0x2c,
  "tx-checksum": 0x17,
} as const;

/**
 * Switches off what makes a device pass frames that are larger than a packet or have no whole checksum. Acts on this end
 * only: of a veth pair the machine's end matters most. False where the device is not there. Throws SystemCallError.
 */
export function disableOffloads(device: string): boolean {
  const fd = openSocket(AF_INET, SOCK_DGRAM, 0);
  try {
    for (const [name, command] of Object.entries(SET_COMMANDS)) {
      const error = setValue(fd, device, command, 0);
      if (error === ERRNO.ENODEV) return false;
      if (error !== 0 && error !== ERRNO.EOPNOTSUPP)
        throw new SystemCallError(`switch ${name} off on ${device}`, error);
    }
    return true;
  } finally {
    closeDescriptor(fd);
  }
}

/** struct ifreq: name of 16 bytes | pointer to struct ethtool_value {command:32, data:32} | padding to 40 bytes. */
function setValue(fd: number, device: string, command: number, data: number): number {
  const value = new Uint8Array(8);
  const valueView = new DataView(value.buffer);
  valueView.setUint32(0, command, true);
  valueView.setUint32(4, data, true);
  const request = new Uint8Array(40);
  request.set(new TextEncoder().encode(device).subarray(0, 15));
  new DataView(request.buffer).setBigUint64(16, addressOf(value), true);
  const error = deviceControl(fd, SIOCETHTOOL, request);
  // The value must outlive the call that only has its address.
  return value.length === 8 ? error : ERRNO.EINVAL;
}
