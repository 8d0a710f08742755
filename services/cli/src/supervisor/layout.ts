import { join } from "node:path";
import type { Role } from "@contrail/pki";
import { REPOSITORY } from "../config.ts";

/** The data plane that the hosts run, and why. */
export interface EngineChoice {
  readonly engine: "ebpf" | "typescript";
  readonly reason: string;
}

/** One node of the embedded system: a namespace with an address, and the process in it. */
export interface NodePlan {
  readonly name: string;
  readonly role:
    | "config"
    | "control"
    | "vrouter"
    | "engine"
    | "plugin"
    | "devcloud"
    | "resolver"
    | "cassandra"
    | "kafka";
  /** Role of its certificate; undefined for nodes that have none. */
  readonly certificateRole: Role | undefined;
  readonly namespace: string;
  readonly address: string;
  /** Entry point below the repository, or an absolute path of a foreign program, and its flags. */
  readonly program: string;
  readonly flags: readonly string[];
  /** Of a foreign program: what it says when it serves. One of ours tells by IPC. */
  readonly servingText?: string;
  /** Reachable inside the namespace. */
  readonly urls: Readonly<Record<string, string>>;
  /** Reachable from everywhere on the machine. */
  readonly sockets: Readonly<Record<string, string>>;
  /** Nodes before it in the plan that have to be ready first. */
  readonly after?: readonly string[];
  /** Variables of its environment, besides those of the supervisor. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What of the system is chosen at its start. */
export interface Wishes {
  /** Port of the machine's loopback on which users find CloudStack's API. */
  readonly cloudPort: number;
  readonly store: "sqlite" | "cassandra";
  readonly bus: "embedded" | "kafka";
}

/** Where Cassandra and Kafka are, where they are wished for. */
export const SERVERS_UNDERLAY = { namespace: "oc-servers", address: "172.30.30.2", gateway: "172.30.30.1" } as const;

/** A namespace of the underlay with its address, and the router's there. */
export type UnderlayPlace = Readonly<Record<"namespace" | "address" | "gateway", string>>;

/** Namespaces with an underlay address, one /24 each; the router between them has .1. */
export const UNDERLAY: readonly UnderlayPlace[] = [
  { namespace: "oc-cloud", address: "172.30.20.2", gateway: "172.30.20.1" },
  { namespace: "oc-config", address: "172.30.10.2", gateway: "172.30.10.1" },
  { namespace: "oc-control1", address: "172.30.11.2", gateway: "172.30.11.1" },
  { namespace: "oc-control2", address: "172.30.12.2", gateway: "172.30.12.1" },
  { namespace: "oc-host1", address: "172.30.1.2", gateway: "172.30.1.1" },
  { namespace: "oc-host2", address: "172.30.2.2", gateway: "172.30.2.1" },
];

export const FABRIC = "oc-fabric";
export const MACHINE_PREFIX = "oc-m-";
export const HOSTS = ["host1", "host2"] as const;
export const CONTROL_NODES = ["control1", "control2"] as const;
export const AUTONOMOUS_SYSTEM = 64_512;

/** The underlay address of a node. */
export function addressOf(node: string): string {
  return UNDERLAY.find(({ namespace }) => namespace === `oc-${node}`)?.address ?? "";
}

/** Unix socket of a host's port API. */
export function portSocket(run: string, host: string): string {
  return join(run, `${host}-ports.sock`);
}

/** The absolute path of a program of the repository. */
export function programPath(program: string): string {
  return join(REPOSITORY, program);
}
