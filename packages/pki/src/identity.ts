import { join } from "node:path";

/** Who a process is to its peers; certificates carry it as the URI contrail://<role>/<name>. */
export interface PeerName {
  readonly role: Role;
  readonly name: string;
}

/** "plugin" is CloudStack's back end here, "cloudstack" the management server that calls it, "server" Cassandra or Kafka. */
export const ROLES = ["config", "control", "agent", "engine", "cli", "plugin", "cloudstack", "server"] as const;
export type Role = (typeof ROLES)[number];

/** The three PEM files that a TLS end needs. */
export interface Identity {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Where the files of a peer lie in a PKI directory; they need not exist. */
export function identityFiles(directory: string, peer: PeerName): Identity {
  const stem = join(directory, `${peer.role}-${peer.name}`);
  return { caFile: join(directory, "ca.crt"), certificateFile: `${stem}.crt`, keyFile: `${stem}.key` };
}

/** True for a name that a certificate can carry and that is a file name: letters, digits, ".", "_" and "-", at most 64. */
export function isPeerName(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(name);
}

/** "contrail://control/control1". */
export function peerUri(peer: PeerName): string {
  return `contrail://${peer.role}/${peer.name}`;
}

/** The peer in a subjectAltName text of node:tls ("URI:contrail://agent/host1, IP Address:…"); undefined where there is none. */
export function peerFromSubjectAltName(text: string): PeerName | undefined {
  const found = /(?:^|, )URI:contrail:\/\/([a-z]+)\/([A-Za-z0-9._-]{1,64})(?:,|$)/.exec(text);
  const role = ROLES.find((known) => known === found?.[1]);
  const name = found?.[2];
  return role !== undefined && name !== undefined ? { role, name } : undefined;
}
