import { readFileSync } from "node:fs";
import type { PeerCertificate } from "node:tls";
import { createSecureContext } from "node:tls";
import { type Identity, type PeerName, peerFromSubjectAltName, type Role } from "@contrail/pki";
import { ChannelCredentials, type ClientOptions, ServerCredentials } from "@grpc/grpc-js";

/** Server side of mutual TLS 1.3: clients without a certificate of our CA, or of an older TLS, are refused. */
export function serverCredentials(identity: Identity): ServerCredentials {
  return new MutualTlsCredentials(identity);
}

/** What ServerCredentials.createSsl makes, with a least version, which it cannot be given. */
class MutualTlsCredentials extends ServerCredentials {
  constructor(identity: Identity) {
    super(
      { requestCert: true, rejectUnauthorized: true },
      {
        ca: readFileSync(identity.caFile),
        cert: readFileSync(identity.certificateFile),
        key: readFileSync(identity.keyFile),
        minVersion: "TLSv1.3",
      },
    );
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** Who a client expects at the other end; the name is checked where it is given. */
export interface ExpectedPeer {
  readonly role: Role;
  readonly name?: string;
}

/** Client side of mutual TLS: the server's role and name are taken from its certificate, not from its address. */
export function channelCredentials(identity: Identity, expected: ExpectedPeer): ChannelCredentials {
  const context = createSecureContext({
    ca: readFileSync(identity.caFile),
    key: readFileSync(identity.keyFile),
    cert: readFileSync(identity.certificateFile),
    minVersion: "TLSv1.3",
  });
  return ChannelCredentials.createFromSecureContext(context, {
    checkServerIdentity: (_host, certificate) => unexpected(certificate, expected),
  });
}

/** Longest message either way. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Options of every client: message bound, and a server name that is no address (RFC 6066 section 3). */
export const CLIENT_OPTIONS: ClientOptions = {
  "grpc.ssl_target_name_override": "contrail",
  "grpc.default_authority": "contrail",
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 5_000,
  "grpc.use_local_subchannel_pool": 1,
};

function unexpected(certificate: PeerCertificate, expected: ExpectedPeer): Error | undefined {
  const peer = peerFromSubjectAltName(certificate.subjectaltname ?? "");
  if (peer !== undefined && peer.role === expected.role && (expected.name ?? peer.name) === peer.name) return undefined;
  const wanted = expected.name === undefined ? `role ${expected.role}` : `${expected.role}/${expected.name}`;
  return new Error(`the peer's certificate names ${describe(peer)}, not ${wanted}`);
}

function describe(peer: PeerName | undefined): string {
  return peer === undefined ? "nobody" : `${peer.role}/${peer.name}`;
}
