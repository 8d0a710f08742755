import type { ConfigObject } from "@contrail/schema";
import { chainAddress4, chainAddress6 } from "../chain-address.ts";
import { type Fact, type FactTable, fact, factTable } from "../fact-table.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf } from "../intent-tables.ts";
import type { Numbers } from "../learnt-numbers.ts";
import type { ServiceRequest } from "../service-request.ts";
import { type ChainHop, hopObjects, interfaceLinks } from "./chain-hop.ts";
import { systemTarget } from "./own-target.ts";
import { CHAIN_REQUESTS } from "./policy-view.ts";
import { SERVICES, type Service, type ServiceSide, type SideName } from "./service.ts";
import { mayUse } from "./sharing.ts";

/** Name of the routing instance that takes a chain's traffic in a network; by "network chain-id". */
const CHAIN_INSTANCE: FactTable<string> = factTable("chain instance");
/** Routing instances of a service in chains, by the service's name. */
export const SERVICE_INSTANCES: FactTable<{ readonly fqName: readonly string[]; readonly side: SideName }> =
  factTable("instances of a service");

/** Name of the instance that takes a chain's traffic in a network; undefined while the chain is not there. */
export function chainInstance(read: Reader, network: string, chain: string): string | undefined {
  return read.value(CHAIN_INSTANCE, `${network} ${chain}`);
}

/**
 * Builds a chain once both of its networks want it and each service has machines with interfaces on both sides:
 *
 *     left ── left:service-id-s1   right:service-id-s1 ── left:service-id-s2   right:service-id-s2 ── right
 *              routes to right      routes to left
 *
 * Lines are connections. A service with NAT has no instance on the right, which learns nothing of the left network.
 */
export function serviceChainRule(numbers: Numbers): Rule {
  return {
    name: "service chain",
    on: CHAIN_REQUESTS,
    run(id, read) {
      const request = read.value(CHAIN_REQUESTS, id);
      if (request === undefined || !isWantedByBoth(read, request)) return {};
      const hops = hopsOf(read, numbers, request);
      return {
        objects: hops.flatMap((hop) => hopObjects(read, request, hop)),
        facts: hops.flatMap((hop) => hopFacts(read, numbers, request, hop)),
      };
    },
  };
}

function isWantedByBoth(read: Reader, { id, left, right }: ServiceRequest): boolean {
  return read.has(CHAIN_REQUESTS, id, left) && read.has(CHAIN_REQUESTS, id, right);
}

/** The instances of a chain from left to right; none while one of them cannot be there. */
function hopsOf(read: Reader, numbers: Numbers, request: ServiceRequest): readonly ChainHop[] {
  const left = objectOf(read, "virtual-network", request.left);
  const right = objectOf(read, "virtual-network", request.right);
  if (left === undefined || right === undefined) return [];
  const services = request.services.map((name) => ({ name, service: usable(read.value(SERVICES, name), left, right) }));
  const hops: ChainHop[] = [];
  let before: readonly string[] | undefined;
  for (const [index, { name, service }] of services.entries()) {
    if (service === undefined) return [];
    const suffix = suffixOf(request, name);
    const common = { serviceName: name, service };
    const isLast = index === services.length - 1;
    const first = hopOf(read, numbers, {
      ...common,
      side: "left",
      network: left,
      remote: right,
      isEdge: index === 0,
      before,
      fqName: [...left.fqName, suffix],
    });
    if (first === undefined) return [];
    hops.push(first);
    before = undefined;
    if (service.mode === "in-network-nat") continue;
    const second = hopOf(read, numbers, {
      ...common,
      side: "right",
      network: right,
      remote: left,
      isEdge: isLast,
      before,
      fqName: [...right.fqName, suffix],
    });
    if (second === undefined) return [];
    hops.push(second);
    before = second.fqName;
  }
  return hops;
}

/** A service that a chain can lead through; undefined while it is not whole, or where neither network may use it. */
function usable(service: Service | undefined, left: ConfigObject, right: ConfigObject): Service | undefined {
  if (service === undefined || ![left, right].some((network) => mayUse(network, service.sharing))) return undefined;
  const isReady = (side: ServiceSide | undefined): boolean =>
    side !== undefined && (service.mode === "transparent" || side.v4 !== undefined || side.v6 !== undefined);
  const needed = service.mode === "in-network-nat" ? [service.left] : [service.left, service.right];
  return needed.every(isReady) ? service : undefined;
}

/** A hop with its numbers; undefined where one is not left. */
function hopOf(read: Reader, numbers: Numbers, hop: Omit<ChainHop, "target" | "v4" | "v6">): ChainHop | undefined {
  const name = hop.fqName.join(":");
  const target = systemTarget(read, numbers.targets, name);
  if (target === undefined) return undefined;
  const side = hop.service[hop.side];
  if (hop.service.mode !== "transparent") return { ...hop, target, v4: side?.v4, v6: side?.v6 };
  const number = read.number(numbers.chainAddresses, name);
  if (number === undefined) return undefined;
  return { ...hop, target, v4: chainAddress4(number), v6: chainAddress6(number) };
}

function hopFacts(read: Reader, numbers: Numbers, request: ServiceRequest, hop: ChainHop): Fact[] {
  const suffix = suffixOf(request, hop.serviceName);
  const name = hop.fqName.join(":");
  return [
    ...(hop.isEdge ? [fact(CHAIN_INSTANCE, `${nameOf(hop.network)} ${request.id}`, name, name)] : []),
    fact(SERVICE_INSTANCES, hop.serviceName, name, { fqName: hop.fqName, side: hop.side }),
    ...interfaceLinks(hop, (machine) => read.number(numbers.vlans, suffix, machine)),
  ];
}

/** The last part of the names of a service's instances in a chain. */
function suffixOf(request: ServiceRequest, service: string): string {
  return `service-${request.id}-${service.replaceAll(":", "_")}`;
}
