import type { AclRule, AddressMatch, NextHopAction, PortRange, TableDelta } from "@contrail/forwarding";
import type { InetPrefix } from "@contrail/net";
import type * as wire from "./gen/opencontrail/dataplane/v1/data_plane_service.ts";

type WireDelta = NonNullable<wire.TableDelta["delta"]>;

/** The wire form of one change of the data plane's tables. */
export function toWireDelta(delta: TableDelta): wire.TableDelta {
  return { delta: wireDeltaOf(delta) };
}

function wireDeltaOf(delta: TableDelta): WireDelta {
  switch (delta.kind) {
    case "settings":
      return { $case: "settings", value: delta.row };
    case "interface":
      return { $case: "interface", value: { ...delta.row, mac: BigInt(delta.row.mac) } };
    case "interface-remove":
      return { $case: "interfaceRemove", value: { id: delta.id } };
    case "interface-address":
      return { $case: "interfaceAddress", value: { ...delta.row, mac: BigInt(delta.row.mac) } };
    case "interface-address-remove":
      return { $case: "interfaceAddressRemove", value: { interface: delta.interface, prefix: delta.prefix } };
    case "next-hop":
      return { $case: "nextHop", value: { id: delta.row.id, action: wireAction(delta.row.action) } };
    case "next-hop-remove":
      return { $case: "nextHopRemove", value: { id: delta.id } };
    case "label":
      return { $case: "label", value: delta.row };
    case "label-remove":
      return { $case: "labelRemove", value: { label: delta.label } };
    case "route":
      return { $case: "route", value: delta.row };
    case "route-remove":
      return { $case: "routeRemove", value: { vrf: delta.vrf, prefix: delta.prefix } };
    case "tunnel-endpoint":
      return { $case: "tunnelEndpoint", value: delta.row };
    case "tunnel-endpoint-remove":
      return { $case: "tunnelEndpointRemove", value: { address: delta.address } };
    case "group-set":
      return { $case: "groupSet", value: { id: delta.row.id, groups: [...delta.row.groups] } };
    case "group-set-remove":
      return { $case: "groupSetRemove", value: { id: delta.id } };
    case "acl":
      return { $case: "acl", value: { id: delta.row.id, rules: delta.row.rules.map(wireRule) } };
    case "acl-remove":
      return { $case: "aclRemove", value: { id: delta.id } };
  }
}

function wireAction(action: NextHopAction): wire.NextHopRow["action"] {
  switch (action.kind) {
    case "discard":
      return { $case: "discard", value: {} };
    case "interface":
      return { $case: "interface", value: { interface: action.interface } };
    case "tunnel":
      return { $case: "tunnel", value: { remoteAddress: action.remoteAddress } };
    case "punt":
      return { $case: "punt", value: {} };
    case "ecmp":
      return { $case: "ecmp", value: { members: [...action.members] } };
  }
}

function wireRule(rule: AclRule): wire.AclRule {
  return {
    pass: rule.pass,
    source: wireMatch(rule.source),
    destination: wireMatch(rule.destination),
    protocol: rule.protocol === "any" ? undefined : rule.protocol,
    sourcePorts: rule.sourcePorts,
    destinationPorts: rule.destinationPorts,
  };
}

function wireMatch(match: AddressMatch): wire.AddressMatch {
  switch (match.kind) {
    case "any":
      return { match: undefined };
    case "prefix":
      return { match: { $case: "prefix", value: match.prefix } };
    case "network":
      return { match: { $case: "network", value: match.network } };
    case "group":
      return { match: { $case: "group", value: match.group } };
  }
}

/** The change that a wire form holds; undefined where a part that every such change has is absent. */
export function fromWireDelta(message: wire.TableDelta): TableDelta | undefined {
  const { delta } = message;
  switch (delta?.$case) {
    case undefined:
      return undefined;
    case "settings":
      return { kind: "settings", row: delta.value };
    case "interface": {
      const { subnet, mac, ...row } = delta.value;
      return subnet && { kind: "interface", row: { ...row, subnet, mac: Number(mac) } };
    }
    case "interfaceRemove":
      return { kind: "interface-remove", id: delta.value.id };
    case "interfaceAddress": {
      const { prefix, mac, ...row } = delta.value;
      return prefix && { kind: "interface-address", row: { ...row, prefix, mac: Number(mac) } };
    }
    case "interfaceAddressRemove": {
      const { prefix, interface: id } = delta.value;
      return prefix && { kind: "interface-address-remove", interface: id, prefix };
    }
    case "nextHop": {
      const action = actionOf(delta.value.action);
      return action && { kind: "next-hop", row: { id: delta.value.id, action } };
    }
    case "nextHopRemove":
      return { kind: "next-hop-remove", id: delta.value.id };
    case "label":
      return { kind: "label", row: delta.value };
    case "labelRemove":
      return { kind: "label-remove", label: delta.value.label };
    case "route":
      return routeOf(delta.value);
    case "routeRemove":
      return delta.value.prefix && { kind: "route-remove", vrf: delta.value.vrf, prefix: delta.value.prefix };
    case "tunnelEndpoint":
      return { kind: "tunnel-endpoint", row: delta.value };
    case "tunnelEndpointRemove":
      return { kind: "tunnel-endpoint-remove", address: delta.value.address };
    case "groupSet":
      return { kind: "group-set", row: delta.value };
    case "groupSetRemove":
      return { kind: "group-set-remove", id: delta.value.id };
    case "acl":
      return aclOf(delta.value);
    case "aclRemove":
      return { kind: "acl-remove", id: delta.value.id };
  }
}

function routeOf(value: wire.RouteRow): TableDelta | undefined {
  const { prefix, ...row } = value;
  return prefix && { kind: "route", row: { ...row, prefix } };
}

function aclOf(value: wire.AclRow): TableDelta | undefined {
  const rules = value.rules.map(ruleOf).filter((rule) => rule !== undefined);
  return rules.length === value.rules.length ? { kind: "acl", row: { id: value.id, rules } } : undefined;
}

function actionOf(action: wire.NextHopRow["action"]): NextHopAction | undefined {
  switch (action?.$case) {
    case undefined:
      return undefined;
    case "discard":
    case "punt":
      return { kind: action.$case };
    case "interface":
      return { kind: "interface", interface: action.value.interface };
    case "tunnel":
      return { kind: "tunnel", encapsulation: "mplsoudp", remoteAddress: action.value.remoteAddress };
    case "ecmp":
      return { kind: "ecmp", members: action.value.members };
  }
}

/** An address match or a port range that is absent never means "any": such a rule is refused whole. */
function ruleOf(rule: wire.AclRule): AclRule | undefined {
  const { pass, protocol } = rule;
  const source = matchOf(rule.source);
  const destination = matchOf(rule.destination);
  const sourcePorts: PortRange | undefined = rule.sourcePorts;
  const destinationPorts: PortRange | undefined = rule.destinationPorts;
  if (!source || !destination || !sourcePorts || !destinationPorts) return undefined;
  return { pass, source, destination, protocol: protocol ?? "any", sourcePorts, destinationPorts };
}

function matchOf(match: wire.AddressMatch | undefined): AddressMatch | undefined {
  if (match === undefined) return undefined;
  switch (match.match?.$case) {
    case undefined:
      return { kind: "any" };
    case "prefix": {
      const prefix: InetPrefix = match.match.value;
      return { kind: "prefix", prefix };
    }
    case "network":
      return { kind: "network", network: match.match.value };
    case "group":
      return { kind: "group", group: match.match.value };
  }
}
