import { OWNED_LIST, text } from "../../core/parameter.ts";
import { type Command, listOf } from "../command.ts";

/** Commands that clients ask in passing, of kinds that DevCloud has none of: the truth is an empty list. */
const KINDS: Readonly<Record<string, string>> = {
  listVPCs: "vpc",
  listPublicIpAddresses: "publicipaddress",
  listPortForwardingRules: "portforwardingrule",
  listIpForwardingRules: "ipforwardingrule",
  listFirewallRules: "firewallrule",
  listEgressFirewallRules: "firewallrule",
  listLoadBalancerRules: "loadbalancerrule",
  listSecurityGroups: "securitygroup",
  listNetworkACLs: "networkacl",
  listNetworkACLLists: "networkacllist",
  listStaticRoutes: "staticroute",
  listVolumes: "volume",
  listSnapshots: "snapshot",
  listIsos: "iso",
  listRouters: "router",
  listSystemVms: "systemvm",
  listInternalLoadBalancerVMs: "internalloadbalancervm",
  listInstanceGroups: "instancegroup",
  listAutoScaleVmGroups: "autoscalevmgroup",
};

const FOR_ADMINS = new Set(["listRouters", "listSystemVms", "listInternalLoadBalancerVMs"]);

export const EMPTY_LISTS: readonly Command[] = Object.entries(KINDS).map(([name, key]) => ({
  name,
  description: "Lists what this version has none of",
  access: FOR_ADMINS.has(name) ? "admin" : "user",
  parameters: { id: text("id"), name: text("name"), ...OWNED_LIST },
  run: () => listOf(key, [], () => ({})),
}));
