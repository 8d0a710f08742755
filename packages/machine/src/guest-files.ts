import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatInetAddress } from "@contrail/net";
import type { Lease } from "./dhcp-packet.ts";

/** Beside iproute2's names of namespaces: gone with the machine's. */
const DIRECTORY = "/run/contrail-guests";
const DNS_SERVERS = 6;
const HOST_NAME = 12;
const DOMAIN_NAME = 15;
/** A name of the domain name system; nothing else may come into a file that a resolver reads. */
const NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?$/;

/** What a machine has of its own in /etc, by name of the file. */
export type GuestFiles = Readonly<Record<string, string>>;

/** Where the files of a machine are kept. */
export function guestDirectory(namespace: string): string {
  return join(DIRECTORY, namespace);
}

/** The files of a lease: resolv.conf where it names servers, hostname where it has one. */
export function guestFiles({ options }: Lease): GuestFiles {
  const servers = addressesOf(options.get(DNS_SERVERS));
  const [name, domain] = [HOST_NAME, DOMAIN_NAME].map((code) => nameOf(options.get(code)));
  const search = domain === undefined ? [] : [`search ${domain}`];
  const lines = [...search, ...servers.map((server) => `nameserver ${server}`), ""];
  return {
    ...(servers.length === 0 ? {} : { "resolv.conf": lines.join("\n") }),
    ...(name === undefined ? {} : { hostname: `${name}\n` }),
  };
}

/** Keeps files of a machine; others that it has stay. */
export function writeGuestFiles(directory: string, files: GuestFiles): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
}

/** Removes the files of a machine; none is no fault. */
export function removeGuestFiles(namespace: string): void {
  rmSync(guestDirectory(namespace), { recursive: true, force: true });
  try {
    rmdirSync(DIRECTORY);
  } catch {
    // Other machines have files there, or there is none.
  }
}

function addressesOf(value: Uint8Array | undefined): readonly string[] {
  if (value === undefined) return [];
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: Math.floor(value.length / 4) }, (_, index) =>
    formatInetAddress(view.getUint32(index * 4)),
  );
}

function nameOf(value: Uint8Array | undefined): string | undefined {
  const text = value === undefined ? "" : Buffer.from(value).toString("latin1");
  return NAME.test(text) ? text : undefined;
}
