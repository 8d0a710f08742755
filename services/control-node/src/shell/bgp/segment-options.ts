import type { Server, Socket } from "node:net";
import { ContrailError } from "@contrail/errors";
import { parseInetAddress } from "@contrail/net";
import { hopsOfCaller, rememberCallers, setDscp, setMd5Key, setTtlSecurity } from "@contrail/netns";
import type { DesiredPeer } from "./session-port.ts";

/** As many as there are: sent with 255, and taken from anywhere. */
const ANY_HOPS = 255;

/** What protects and marks the segments of a peer's connections. */
export type SegmentOptions = Pick<DesiredPeer, "address" | "md5Key" | "ttlSecurityHops" | "dscp">;

/** True where a connection to the peer is more than any TCP connection. */
export function needsOptions({ md5Key, ttlSecurityHops, dscp }: SegmentOptions): boolean {
  return md5Key !== undefined || ttlSecurityHops !== undefined || dscp !== undefined;
}

/** True where the two ask for the same. */
export function sameOptions(left: SegmentOptions, right: SegmentOptions): boolean {
  return (
    left.md5Key === right.md5Key &&
    left.ttlSecurityHops === right.ttlSecurityHops &&
    (left.dscp ?? 0) === (right.dscp ?? 0)
  );
}

/** Gives a connection of a peer, or a socket that is to become one, its options. Throws where the kernel cannot. */
export function applyOptions(fd: number, { address, md5Key, ttlSecurityHops, dscp }: SegmentOptions): void {
  setMd5Key(fd, parseInetAddress(address) ?? 0, md5Key);
  setTtlSecurity(fd, ttlSecurityHops);
  setDscp(fd, dscp ?? 0);
}

/** The same for a connection that has come from the peer. Throws "bgp.permission_denied" where it came from too far. */
export function applyToAccepted(fd: number, options: SegmentOptions): void {
  applyOptions(fd, options);
  const { ttlSecurityHops: most } = options;
  const hops = most === undefined ? undefined : (hopsOfCaller(fd) ?? Number.POSITIVE_INFINITY);
  if (most === undefined || hops === undefined || hops <= most) return;
  throw new ContrailError("bgp.permission_denied", `its connection comes from ${hops} hops away, ${most} are allowed`);
}

/** The key of a peer's connections at the listener: without it nobody of that address gets through the handshake. */
export function setPeerKey(listener: number, { address, md5Key }: SegmentOptions): void {
  setMd5Key(listener, parseInetAddress(address) ?? 0, md5Key);
}

/** How the listener's own answers leave: with a TTL that every peer takes, and the mark of control traffic. */
export function markAnswers(listener: number, peers: readonly SegmentOptions[]): void {
  const far = peers.some(({ ttlSecurityHops }) => ttlSecurityHops !== undefined);
  setTtlSecurity(listener, far ? ANY_HOPS : undefined);
  if (far) rememberCallers(listener);
  setDscp(listener, peers.find(({ dscp }) => dscp !== undefined)?.dscp ?? 0);
}

/** The descriptor of a socket or listener; undefined for one that is closed. Node has no public name for it. */
export function descriptorOf(holder: Server | Socket): number | undefined {
  const { _handle: handle } = holder as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}
