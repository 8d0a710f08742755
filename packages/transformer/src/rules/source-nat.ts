import { type ConfigObject, type JsonObject, record } from "@contrail/schema";
import type { DerivedObject, DerivedReference } from "../derived.ts";
import type { Reader, Rule } from "../flow.ts";
import { nameOf, objectOf, objectsOf } from "../intent-tables.ts";
import { text } from "../json-read.ts";
import { ruleUuid } from "../rule-uuid.ts";
import { link } from "./links.ts";
import { SUBNETS } from "./subnets.ts";

const TEMPLATE = ["default-domain", "netns-snat-template"];
const IPAM = ["default-domain", "default-project", "default-network-ipam"];
/** Machines of the service: one works, one stands by. */
const MACHINES = 2;

/**
 * Source NAT of a logical router that has an external network, as OpenContrail's service monitor makes it: a service, the
 * network on its inner side, a route table with the default route to it, and the address of the external network.
 * CloudStack's Tungsten plugin finds the address by its name. The NAT itself is the data plane's: nobody starts a machine
 * for the service, and the inner network needs no routing instance.
 */
export const sourceNatRule: Rule = {
  name: "source NAT",
  on: objectsOf("logical-router"),
  run(name, read) {
    const router = objectOf(read, "logical-router", name);
    const external = router === undefined ? undefined : externalNetwork(read, router);
    if (router === undefined || external === undefined) return {};
    const project = router.fqName.slice(0, -1);
    const service = `snat_${router.uuid}_${ruleUuid(`snat ${router.uuid}`)}`;
    const instance = [...project, service];
    const inner = [...project, `snat-si-left_${service}`];
    const table = [...project, `rt_${router.uuid}`];
    return {
      objects: [
        serviceInstance(instance, inner, external.fqName),
        innerNetwork(inner, router.uuid),
        {
          type: "route-table",
          fqName: table,
          parentType: "project",
          refs: [],
          properties: { routes: { route: [defaultRoute(instance)] } },
        },
        {
          type: "instance-ip",
          fqName: [[...instance, "1", "right"].join("__")],
          parentType: undefined,
          refs: [{ toType: "virtual-network", toFqName: external.fqName, attr: {} }],
          properties: { instance_ip_family: "v4", instance_ip_mode: "active-standby", service_instance_ip: true },
        },
      ],
      facts: [link(router, reference("service-instance", instance)), link(router, reference("route-table", table))],
    };
  },
};

/** The first network that a router names as its gateway to the outside, where it has IPv4 addresses to give. */
function externalNetwork(read: Reader, router: ConfigObject): ConfigObject | undefined {
  if (text(router.properties.logical_router_type) === "vxlan-routing") return undefined;
  const ref = router.refs.find(({ toType, attr }) => {
    const kind = record(attr).logical_router_virtual_network_type ?? "ExternalGateway";
    return toType === "virtual-network" && kind === "ExternalGateway";
  });
  const network = ref === undefined ? undefined : objectOf(read, "virtual-network", nameOf({ fqName: ref.toFqName }));
  if (network === undefined) return undefined;
  return (read.value(SUBNETS, nameOf(network))?.v4.length ?? 0) > 0 ? network : undefined;
}

function serviceInstance(
  fqName: readonly string[],
  inner: readonly string[],
  external: readonly string[],
): DerivedObject {
  const [left_virtual_network, right_virtual_network] = [inner.join(":"), external.join(":")];
  return {
    type: "service-instance",
    fqName,
    parentType: "project",
    refs: [reference("service-template", TEMPLATE)],
    properties: {
      service_instance_properties: {
        left_virtual_network,
        right_virtual_network,
        // In the order of the template: right, left.
        interface_list: [{ virtual_network: right_virtual_network }, { virtual_network: left_virtual_network }],
        scale_out: { max_instances: MACHINES },
        ha_mode: "active-standby",
      },
    },
  };
}

function innerNetwork(fqName: readonly string[], router: string): DerivedObject {
  const subnet = {
    subnet: { ip_prefix: "100.64.0.0", ip_prefix_len: 29 },
    default_gateway: "100.64.0.1",
    dns_server_address: "100.64.0.2",
    addr_from_start: true,
    enable_dhcp: true,
    subnet_uuid: ruleUuid(`snat subnet ${router}`),
  };
  const ref: DerivedReference = { toType: "network-ipam", toFqName: IPAM, attr: { ipam_subnets: [subnet] } };
  return { type: "virtual-network", fqName, parentType: "project", refs: [ref], properties: {} };
}

function defaultRoute(instance: readonly string[]): JsonObject {
  return { prefix: "0.0.0.0/0", next_hop: instance.join(":"), next_hop_type: "service-instance" };
}

function reference(toType: string, toFqName: readonly string[]): DerivedReference {
  return { toType, toFqName, attr: {} };
}
