import { AF_NETLINK, bindSocket, closeDescriptor, openSocket, receive, SOCK_RAW, watchReadable } from "./libc.ts";

const NETLINK_ROUTE = 0;
const RTMGRP_LINK = 1;

/**
 * Calls back after devices of the namespace were added, changed or removed (rtnetlink(7), group RTMGRP_LINK); several
 * changes may give one call. Returns how to stop. Throws SystemCallError.
 */
export function watchLinks(callback: () => void): () => void {
  const fd = openSocket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  const address = new Uint8Array(12);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_NETLINK, true);
  view.setUint32(8, RTMGRP_LINK, true);
  const buffer = new Uint8Array(65_536);
  let stop = (): void => {};
  try {
    bindSocket(fd, address);
    stop = watchReadable(fd, () => {
      // What changed does not matter, and a lost message (ENOBUFS) means that something did.
      for (let reads = 0; reads < 64 && receive(fd, buffer) > 0; reads++);
      callback();
    });
  } catch (reason) {
    closeDescriptor(fd);
    throw reason;
  }
  return () => {
    stop();
    closeDescriptor(fd);
  };
}
