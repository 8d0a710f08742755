import { readFileSync } from "node:fs";
import { SERVICE_ADDRESSES, SERVICE_PORTS } from "@contrail/forwarding";
import { formatInetAddress } from "@contrail/net";
import type { NodeProcess } from "./node-process.ts";

const LISTENING = "0A";
const PORT_BY_SCHEME: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Sockets of agents for machines: bound to the device that only the data plane leads to. */
const FOR_MACHINES: ReadonlySet<string> = new Set(
  Object.values(SERVICE_ADDRESSES).flatMap((address) =>
    Object.values(SERVICE_PORTS).map((port) => `${formatInetAddress(address)}:${port}`),
  ),
);

/** TCP listeners of the nodes' namespaces that are neither on loopback, nor for machines, nor a URL of a node there. */
export function wideListeners(nodes: readonly NodeProcess[]): readonly string[] {
  const declared = new Set(
    nodes.flatMap(({ plan }) => Object.values(plan.urls).map((url) => `${plan.namespace} ${hostAndPort(url)}`)),
  );
  const found = nodes.flatMap(({ pid, plan }) =>
    pid === undefined ? [] : listenersOf(pid).map((listener) => `${plan.namespace} ${listener}`),
  );
  const wide = [...new Set(found)].filter((listener) => !declared.has(listener) && !isInner(listener));
  return wide.sort();
}

/** Listening TCP sockets of a process's network namespace, as address:port (proc(5), /proc/pid/net/tcp). */
function listenersOf(pid: number): readonly string[] {
  return ["tcp", "tcp6"].flatMap((table) => {
    try {
      return parseListeners(readFileSync(`/proc/${pid}/net/${table}`, "utf8"));
    } catch {
      return []; // The process has just ended, or the kernel has no IPv6.
    }
  });
}

/** Listeners of the text of /proc/pid/net/tcp or tcp6; an address there is words of 32 bits in the host's order. */
export function parseListeners(text: string): readonly string[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, local = "", , state] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== LISTENING) return [];
      return [`${address.length === 8 ? inet(address) : inet6(address)}:${Number.parseInt(port, 16)}`];
    });
}

function inet(word: string): string {
  return octets(word).join(".");
}

function inet6(words: string): string {
  const bytes = (words.match(/.{8}/g) ?? []).flatMap(octets);
  if (bytes.every((byte) => byte === 0)) return "[::]";
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  if (isMapped) return bytes.slice(12).join("."); // IPv4 on a socket of both families (RFC 4291 section 2.5.5.2), as Java has.
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return "[::1]";
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(":")}]`;
}

/** Octets of a little-endian word in hexadecimal; every machine that we support is little-endian. */
function octets(word: string): number[] {
  return (word.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).reverse();
}

function hostAndPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (PORT_BY_SCHEME[protocol] ?? "")}`;
}

function isInner(listener: string): boolean {
  const [, address = ""] = listener.split(" ");
  return address.startsWith("127.") || address.startsWith("[::1]") || FOR_MACHINES.has(address);
}
