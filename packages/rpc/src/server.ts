import { chmodSync, rmSync } from "node:fs";
import { ContrailError, wireStatus } from "@contrail/errors";
import { type Identity, type PeerName, peerFromSubjectAltName, type Role } from "@contrail/pki";
import {
  Server,
  type ServerDuplexStream,
  ServerInterceptingCall,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { MAX_MESSAGE_BYTES, serverCredentials } from "./credentials.ts";

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

/** A service with the peers that may call it. */
export interface ServedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Roles for every method that allowedRolesOf does not name. */
  readonly allowedRoles: readonly Role[];
  /** Roles by method name, in place of allowedRoles. */
  readonly allowedRolesOf?: Readonly<Record<string, readonly Role[]>>;
  /** Name that the caller's certificate must have; any where absent. */
  readonly allowedName?: string;
}

/** A listening server. */
export interface RpcServer {
  /** The TCP port that was bound; useful where port 0 was asked for. 0 for a unix socket. */
  readonly port: number;
  /** Ends all calls and closes the listener. */
  close(): void;
}

/**
 * Serves over mutual TLS on "host:port" or "unix:/path" (a stale socket file is removed; mode 0600). A caller whose role or name is
 * not allowed gets PERMISSION_DENIED. Rejects with code "rpc.unavailable" where the address cannot be bound.
 */
export async function serveRpc(
  identity: Identity,
  address: string,
  services: readonly ServedService[],
): Promise<RpcServer> {
  const admits = admission(services);
  let isClosed = false;
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.keepalive_time_ms": 20_000,
    interceptors: [
      (method, call) =>
        new ServerInterceptingCall(call, {
          start: (next) => {
            // grpc-js makes a session of a connection whose handshake the end of the server found half done.
            if (isClosed) return server.forceShutdown();
            const peer = peerOfContext(call.getAuthContext());
            if (peer !== undefined && admits(method.path, peer)) next();
            else
              call.sendStatus({ code: wireStatus("permission_denied").grpc, details: "this peer may not call this" });
          },
        }),
    ],
  });
  for (const service of services) server.addService(service.definition, service.implementation);
  const socket = address.startsWith("unix:") ? address.slice("unix:".length) : undefined;
  if (socket !== undefined) rmSync(socket, { force: true });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, serverCredentials(identity), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new ContrailError("rpc.unavailable", `cannot listen on ${address}: ${error.message}`));
    });
  });
  if (socket !== undefined) chmodSync(socket, 0o600);
  const close = (): void => {
    isClosed = true;
    server.forceShutdown();
  };
  return { port: socket === undefined ? port : 0, close };
}

/** Whether a peer may call a method, by its path. */
function admission(services: readonly ServedService[]): (path: string, peer: PeerName) => boolean {
  const rules = new Map(
    services.flatMap((service) =>
      Object.entries(service.definition).map(([name, { path }]) => {
        const roles = service.allowedRolesOf?.[name] ?? service.allowedRoles;
        return [path, { roles, name: service.allowedName }] as const;
      }),
    ),
  );
  return (path, peer) => {
    const rule = rules.get(path);
    if (rule === undefined || !rule.roles.includes(peer.role)) return false;
    return rule.name === undefined || rule.name === peer.name;
  };
}

/** Who calls, from its certificate. Throws ContrailError "rpc.unauthenticated" where it names nobody. */
export function peerOf(call: AnyCall): PeerName {
  const peer = peerOfContext(call.getAuthContext());
  if (peer === undefined) throw new ContrailError("rpc.unauthenticated", "the certificate names no peer");
  return peer;
}

/** IP addresses that the caller's certificate is for, as texts. */
export function addressesOf(call: AnyCall): readonly string[] {
  const names = call.getAuthContext().sslPeerCertificate?.subjectaltname ?? "";
  return [...names.matchAll(/(?:^|, )IP Address:([0-9A-Fa-f.:]+)/g)].flatMap(([, address]) => address ?? []);
}

function peerOfContext(context: ReturnType<AnyCall["getAuthContext"]>): PeerName | undefined {
  const certificate = context.sslPeerCertificate;
  return certificate === undefined ? undefined : peerFromSubjectAltName(certificate.subjectaltname ?? "");
}

/** The gRPC error to give to a callback or a stream. */
export function toServiceError(reason: unknown): { code: number; details: string } {
  const error = ContrailError.from(reason);
  return { code: wireStatus(error.code).grpc, details: error.message };
}
