import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { parseInetAddress } from "@contrail/net";
import { type ConfigObject, filledText } from "@contrail/schema";
import { byName, nameOf } from "./config-values.ts";
import { extendedNetworks } from "./extended-networks.ts";
import type { Gateway, GatewayKind } from "./gateway.ts";
import { autonomousSystemOf, missing, parametersOf, sessionsOf } from "./sessions.ts";
import { encapsulations, underlayPrefixes } from "./underlay.ts";

/** The instance of the underlay, in which routers are. */
const FABRIC = "default-domain:default-project:ip-fabric:__default__";

/**
 * What the configuration says of a gateway; name: of its bgp-router, whole or its last part. Depends on the objects alone,
 * not on their order. Throws "gateway.…" where something is missing, with what to do next.
 */
export function readGateway(graph: ConfigGraph, name: string): Gateway {
  const router = routerNamed(graph, name);
  const parameters = parametersOf(router);
  const address = filledText(parameters.address) ?? "";
  if (parseInetAddress(address) === undefined) throw missing(router, "address, an IPv4 address");
  const physicalRouter = physicalRouterOf(graph, router);
  const { physical_router_dataplane_ip: dataplane } = physicalRouter.properties;
  const [routerId, tunnelAddress] = [parameters.identifier, dataplane].map((given) => {
    const usable = filledText(given);
    return usable !== undefined && parseInetAddress(usable) !== undefined ? usable : address;
  });
  const autonomousSystem = autonomousSystemOf(graph, router);
  if (autonomousSystem === undefined) throw missing(router, "autonomous_system");
  const identity = { routerId: routerId ?? address, autonomousSystem };
  const { networks, leftOut } = extendedNetworks(graph, physicalRouter, identity);
  const neighbours = sessionsOf(graph, router);
  return {
    name: nameOf(router),
    kind: kindOf(router, physicalRouter),
    ...identity,
    address,
    tunnelAddress: tunnelAddress ?? address,
    neighbours,
    networks,
    underlay: underlayPrefixes(graph),
    encapsulations: encapsulations(graph),
    notes: [...notes(physicalRouter, neighbours.length, networks.length), ...leftOut],
  };
}

function notes(physicalRouter: ConfigObject, sessions: number, networks: number): readonly string[] {
  const found: string[] = [];
  if (sessions === 0) found.push("all its sessions are administratively down (admin_down)");
  if (networks === 0) {
    found.push(
      "no network is extended to it: add virtual_network_refs by: " +
        `contrail api edit physical-router ${nameOf(physicalRouter)}`,
    );
  }
  return found;
}

function routerNamed(graph: ConfigGraph, name: string): ConfigObject {
  const routers = [...graph.ofType("bgp-router")].filter((each) => nameOf(each).startsWith(`${FABRIC}:`));
  const found = routers.find((each) => nameOf(each) === name || each.fqName.at(-1) === name);
  const gateways = routers.filter((each) => parametersOf(each).router_type !== "control-node").sort(byName);
  if (found !== undefined && gateways.includes(found)) return found;
  const known = gateways.map(({ fqName }) => fqName.at(-1)).join(", ");
  const problem = found === undefined ? "there is no bgp-router" : "a control node, and no gateway, is the bgp-router";
  const next =
    known !== ""
      ? `gateways are: ${known}`
      : `make one: contrail api create bgp-router ${FABRIC}:NAME --data '{"bgp_router_parameters": {"router_type": ` +
        `"router", "address": "ADDRESS", "identifier": "ADDRESS", "autonomous_system": AS}}'`;
  throw new ContrailError("gateway.not_found", `${problem} ${name}; ${next}`);
}

function physicalRouterOf(graph: ConfigGraph, router: ConfigObject): ConfigObject {
  const found = [...graph.linked(router.uuid, "physical-router")].sort(byName);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) {
    throw new ContrailError(
      "gateway.bad_request",
      `${found.map(nameOf).join(" and ")} both refer to bgp-router ${nameOf(router)}; leave the reference in one of them: ` +
        `contrail api edit physical-router ${nameOf(only)}`,
    );
  }
  const name = router.fqName.at(-1);
  throw new ContrailError(
    "gateway.not_found",
    `no physical-router stands for bgp-router ${nameOf(router)}, and it is what networks are extended to; make one: ` +
      `contrail api create physical-router default-global-system-config:${name} --data ` +
      `'{"physical_router_vendor_name": "VENDOR", "bgp_router_refs": [{"uuid": "${router.uuid}"}]}'`,
  );
}

/** Vendors by the beginning of their name, as physical-router and bgp-router have it. */
const VENDORS: readonly (readonly [string, GatewayKind])[] = [
  ["juniper", "junos"],
  ["mx", "junos"],
  ["frr", "frr"],
  ["linux", "frr"],
];

function kindOf(router: ConfigObject, { properties }: ConfigObject): GatewayKind | undefined {
  const said = [properties.physical_router_vendor_name, parametersOf(router).vendor].flatMap(
    (each) => filledText(each) ?? [],
  );
  for (const vendor of said) {
    const known = VENDORS.find(([beginning]) => vendor.toLowerCase().startsWith(beginning));
    if (known !== undefined) return known[1];
  }
  return undefined;
}
