import type { EcmpMember, HostSettings, NextHopAction, RowDelta } from "@contrail/forwarding";
import { MAX_ECMP_MEMBERS, METADATA_ADDRESS, rowProblem } from "@contrail/forwarding";
import { type InetPrefix, inetPrefix } from "@contrail/net";
import { type ConfigObject, list, record } from "@contrail/schema";
import type { AclCache } from "./acl-cache.ts";
import { type ActivePort, activePort, allowedPairs, groupId } from "./active-port.ts";
import type { ConfigView } from "./config-view.ts";
import { isHostDevice } from "./host-device.ts";
import type { LocalNumbers } from "./local-numbers.ts";
import { isEnabled, type Port } from "./port.ts";
import type { RemoteNextHop, RemoteRoute, RouteTables } from "./route-tables.ts";

/** What the agent knows: everything that its rows follow from. */
export interface AgentInputs {
  readonly settings: HostSettings;
  readonly view: ConfigView;
  readonly ports: Iterable<Port>;
  readonly routes: RouteTables;
  readonly numbers: LocalNumbers;
  /** Compiled ACLs of the round before. */
  readonly acls: AclCache;
}

/** A port as status shows it. */
export interface PortState {
  readonly port: Port;
  /** undefined: it waits for configuration. */
  readonly active: ActivePort | undefined;
  readonly waitsFor: string | undefined;
  readonly interfaceId: number | undefined;
  readonly label: number | undefined;
}

/** What follows from the inputs. */
export interface DesiredState {
  readonly rows: readonly RowDelta[];
  readonly ports: readonly PortState[];
  /** Policies that could not be compiled (they deny), and other things worth telling. */
  readonly problems: readonly string[];
}

/** Tunnel type of the encapsulation community: MPLS over UDP. A path that names none is taken too. */
const MPLS_OVER_UDP = 13;
/** Of one interface; the data plane has room for 262,144 sources of all. */
const MAX_ALLOWED_PAIRS = 1_024;
/** What tunnel headers take from the machines' MTU (design section 6). */
const TUNNEL_BYTES = 50;

/** Computes all rows. The same inputs give the same rows, whatever came before. */
export function desiredState(inputs: AgentInputs): DesiredState {
  const calculation = new Calculation(inputs);
  return calculation.run();
}

class Calculation {
  readonly #inputs: AgentInputs;
  readonly #rows = new Map<string, RowDelta>();
  readonly #problems: string[] = [];
  /** Prefixes per VRF that this host has itself: remote routes to them are not used. */
  readonly #local = new Map<number, Set<string>>();
  /** Ports by the device that they have. */
  readonly #devices = new Map<string, string>();
  /** Interfaces of this host by label: where a route of another network leads back here. */
  readonly #byLabel = new Map<number, { readonly nextHop: number; readonly addresses: readonly number[] }>();

  constructor(inputs: AgentInputs) {
    this.#inputs = inputs;
  }

  run(): DesiredState {
    this.#inputs.numbers.startRound();
    this.#inputs.acls.startRound();
    this.#row("settings", { kind: "settings", row: this.#inputs.settings });
    const ports = [...this.#inputs.ports].sort((a, b) => (a.id < b.id ? -1 : 1)).map((port) => this.#port(port));
    const instances = new Set(ports.flatMap(({ active }) => active?.instance ?? []));
    for (const instance of [...instances].sort()) this.#remoteRoutes(instance);
    return { rows: [...this.#rows.values()], ports, problems: this.#problems };
  }

  #port(port: Port): PortState {
    const device = port["system-name"];
    if (isHostDevice(this.#inputs.settings, device))
      return waiting(port, `a machine's device: ${device} is the host's own`);
    const holder = this.#devices.get(device);
    if (holder !== undefined) return waiting(port, `device ${device}, which port ${holder} has`);
    if (!isEnabled(port)) return waiting(port, "enable-port");
    const active = activePort(this.#inputs.view, port);
    if ("waitsFor" in active) return waiting(port, active.waitsFor);
    const numbers = this.#portNumbers(port, active);
    if (numbers === undefined) return waiting(port, "a free number: this host has too many ports");
    this.#devices.set(device, port.id);
    this.#activePort(active, numbers);
    return { port, active, waitsFor: undefined, interfaceId: numbers.id, label: numbers.label };
  }

  /** undefined where no number is left. */
  #portNumbers(port: Port, active: ActivePort): PortNumbers | undefined {
    const { numbers } = this.#inputs;
    return unlessExhausted(() => ({
      id: numbers.numberOf("interface", port.id),
      label: numbers.numberOf("label", port.id),
      vrf: numbers.numberOf("vrf", active.instance),
    }));
  }

  #activePort(active: ActivePort, { id, label, vrf }: PortNumbers): void {
    const { port, mac } = active;
    const nextHop = this.#nextHop(`interface ${port.id}`, { kind: "interface", interface: id });
    const groupSet = this.#groupSet(active.groups.map(groupId));
    this.#row(`interface ${id}`, {
      kind: "interface",
      row: {
        id,
        device: port["system-name"],
        vrf,
        mac,
        nextHop,
        network: active.networkId,
        groupSet,
        networkAcl: active.policyDisabled ? 0 : this.#networkAcl(active.network),
        ingressAcl: this.#groupsAcl(active, "ingress"),
        egressAcl: this.#groupsAcl(active, "egress"),
        subnet: active.subnet?.prefix ?? inetPrefix(0, 0),
        mtuBytes: this.#inputs.settings.underlayMtuBytes - TUNNEL_BYTES,
        address: active.addresses[0] ?? 0,
        gateway: active.subnet?.gateway ?? 0,
        nameServer: active.subnet?.dnsServer ?? 0,
      },
    });
    const own = active.addresses.map((address) => ({ prefix: inetPrefix(address, 32), mac }));
    for (const pair of [...own, ...this.#allowedPairs(active)]) this.#source(id, pair.prefix, pair.mac);
    for (const { prefix } of own) this.#localRoute(vrf, prefix, nextHop, active.networkId, groupSet);
    this.#row(`label ${label}`, { kind: "label", row: { label, nextHop } });
    this.#byLabel.set(label, { nextHop, addresses: active.addresses });
    for (const { gateway, dnsServer } of active.subnets) {
      this.#hostRoute(vrf, gateway, active.networkId, true);
      this.#hostRoute(vrf, dnsServer, active.networkId, false);
    }
    this.#hostRoute(vrf, METADATA_ADDRESS, active.networkId, true);
  }

  /** To an address where the host itself answers. A machine of this host goes before it; of another one, unless it holds. */
  #hostRoute(vrf: number, address: number | undefined, network: number, holds: boolean): void {
    const prefix = inetPrefix(address ?? 0, 32);
    if (address === undefined || this.#local.get(vrf)?.has(`${prefix.address}/32`)) return;
    const nextHop = this.#nextHop("punt", { kind: "punt" });
    if (holds) this.#localRoute(vrf, prefix, nextHop, network, 0);
    else this.#route(vrf, prefix, nextHop, 0, network, 0);
  }

  #allowedPairs({ interface: vmi, mac, port }: ActivePort): ReturnType<typeof allowedPairs> {
    const pairs = allowedPairs(vmi, mac);
    if (pairs.length > MAX_ALLOWED_PAIRS)
      this.#problems.push(`port ${port.id}: ${pairs.length} allowed address pairs, only ${MAX_ALLOWED_PAIRS} are used`);
    return pairs.slice(0, MAX_ALLOWED_PAIRS);
  }

  #source(id: number, prefix: InetPrefix, mac: number): void {
    this.#row(`address ${id} ${prefix.address}/${prefix.length}`, {
      kind: "interface-address",
      row: { interface: id, prefix, mac },
    });
  }

  #localRoute(vrf: number, prefix: InetPrefix, nextHop: number, originNetwork: number, groupSet: number): void {
    const known = this.#local.get(vrf) ?? new Set<string>();
    this.#local.set(vrf, known.add(`${prefix.address}/${prefix.length}`));
    this.#route(vrf, prefix, nextHop, 0, originNetwork, groupSet);
  }

  #route(
    vrf: number,
    prefix: InetPrefix,
    nextHop: number,
    label: number,
    originNetwork: number,
    groupSet: number,
  ): void {
    this.#row(`route ${vrf} ${prefix.address}/${prefix.length}`, {
      kind: "route",
      row: { vrf, prefix, nextHop, label, originNetwork, groupSet },
    });
  }

  #remoteRoutes(instance: string): void {
    const vrf = this.#inputs.numbers.numberOf("vrf", instance);
    for (const route of this.#inputs.routes.routes(instance)) {
      if (this.#local.get(vrf)?.has(`${route.address}/${route.length}`)) continue;
      const done = unlessExhausted(() => {
        this.#remoteRoute(vrf, route);
        return true;
      });
      if (done === undefined) this.#problems.push(`no number is left for a route of ${instance}`);
    }
  }

  #remoteRoute(vrf: number, route: RemoteRoute): void {
    const usable = route.nextHops.filter((hop) => this.#isUsable(route, hop)).slice(0, MAX_ECMP_MEMBERS);
    const [first] = usable;
    if (first === undefined) return;
    const prefix = inetPrefix(route.address, route.length);
    const groupSet = this.#groupSet(first.groups);
    const members = usable.map((hop) => this.#member(hop));
    const [only] = members;
    if (only !== undefined && members.length === 1) {
      this.#route(vrf, prefix, only.nextHop, only.label, first.networkId, groupSet);
      return;
    }
    const key = members.map(({ nextHop, label }) => `${nextHop}/${label}`).join(" ");
    this.#route(vrf, prefix, this.#nextHop(`ecmp ${key}`, { kind: "ecmp", members }), 0, first.networkId, groupSet);
  }

  /** Of hops of this host, only those whose label is of an interface that has the address: labels are used again. */
  #isUsable(route: RemoteRoute, { address, label, encapsulations }: RemoteNextHop): boolean {
    if (address !== this.#inputs.settings.localAddress)
      return encapsulations.length === 0 || encapsulations.includes(MPLS_OVER_UDP);
    return route.length === 32 && (this.#byLabel.get(label)?.addresses.includes(route.address) ?? false);
  }

  /** The interface where the hop is on this host, as of a network that a policy joins; else the tunnel to its host. */
  #member(hop: RemoteNextHop): EcmpMember {
    const local = hop.address === this.#inputs.settings.localAddress ? this.#byLabel.get(hop.label) : undefined;
    return local === undefined
      ? { nextHop: this.#tunnel(hop), label: hop.label }
      : { nextHop: local.nextHop, label: 0 };
  }

  #tunnel({ address }: RemoteNextHop): number {
    this.#row(`endpoint ${address}`, { kind: "tunnel-endpoint", row: { address } });
    return this.#nextHop(`tunnel ${address}`, { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: address });
  }

  #nextHop(key: string, action: NextHopAction): number {
    const id = this.#inputs.numbers.numberOf("next-hop", key);
    this.#row(`next-hop ${id}`, { kind: "next-hop", row: { id, action } });
    return id;
  }

  /** The interned set; 0 for the empty one. */
  #groupSet(groups: readonly number[]): number {
    if (groups.length === 0) return 0;
    const sorted = [...new Set(groups)].sort((a, b) => a - b);
    const id = this.#inputs.numbers.numberOf("group-set", sorted.join(" "));
    this.#row(`group-set ${id}`, { kind: "group-set", row: { id, groups: sorted } });
    return id;
  }

  /** The network's ACL; one that denies where a policy is attached and its ACL is not there yet; 0 without policy. */
  #networkAcl(network: ConfigObject): number {
    const acls = this.#inputs.view.children(network.uuid, "access-control-list");
    const attached = network.refs.some((ref) => ref.toType === "network-policy");
    return acls.length === 0 && !attached ? 0 : this.#acl(`network ${network.uuid}`, acls);
  }

  /** The ACLs of all groups of an interface as one; 0 where it has no group. */
  #groupsAcl(active: ActivePort, direction: "ingress" | "egress"): number {
    if (active.groups.length === 0 || active.policyDisabled) return 0;
    const name = `${direction}-access-control-list`;
    const acls = active.groups.flatMap((group) =>
      this.#inputs.view.children(group.uuid, "access-control-list").filter((acl) => acl.fqName.at(-1) === name),
    );
    return this.#acl(`${direction} ${active.groups.map(({ uuid }) => uuid).join(" ")}`, acls);
  }

  #acl(key: string, objects: readonly ConfigObject[]): number {
    const id = this.#inputs.numbers.numberOf("acl", key);
    if (this.#rows.has(`acl ${id}`)) return id;
    const { row, problem } = this.#inputs.acls.row(key, id, objects, this.#inputs.view);
    if (problem !== undefined) this.#problems.push(`${problem}; everything is denied`);
    this.#row(`acl ${id}`, { kind: "acl", row });
    return id;
  }

  /** A row that no data plane can hold is left out: what refers to it drops, and the others are not held up. */
  #row(key: string, row: RowDelta): void {
    const problem = rowProblem(row);
    if (problem === undefined) this.#rows.set(key, row);
    else this.#problems.push(problem);
  }
}

interface PortNumbers {
  readonly id: number;
  readonly label: number;
  readonly vrf: number;
}

function waiting(port: Port, waitsFor: string): PortState {
  return { port, active: undefined, waitsFor, interfaceId: undefined, label: undefined };
}

function unlessExhausted<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (reason) {
    if (reason instanceof RangeError) return undefined; // LocalNumbers.numberOf: the range is used up.
    throw reason;
  }
}

/** Host routes of a network's subnet for DHCP: prefix and next hop as texts. */
export function hostRoutes(subnet: ActivePort["subnets"][number]): readonly { prefix: string; nextHop: string }[] {
  return list(record(subnet.json.host_routes).route).flatMap((item) => {
    const { prefix, next_hop: nextHop } = record(item);
    return typeof prefix === "string" && typeof nextHop === "string" ? [{ prefix, nextHop }] : [];
  });
}
