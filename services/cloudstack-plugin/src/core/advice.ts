import type { ContrailError } from "@contrail/errors";
import type { CommandName } from "./command-list.ts";

/** Services of CloudStack's offerings whose commands this version refuses. */
const SERVICES: Readonly<Partial<Record<CommandName, string>>> = {
  "assign-ip": "SourceNat, StaticNat, PortForwarding, Firewall and Lb",
  "release-ip": "SourceNat, StaticNat, PortForwarding, Firewall and Lb",
  "add-static-nat": "StaticNat",
  "delete-static-nat": "StaticNat",
  "add-port-forward": "PortForwarding",
  "delete-port-forward": "PortForwarding",
  "apply-fw-rules": "Firewall",
  "apply-lb-rules": "Lb",
  "apply-network-acl": "NetworkACL",
  "custom-action": "CustomAction",
};

const AGAIN =
  "CloudStack repeats a start by itself, other operations are repeated by hand; the reconciler mends prepare-nic and release-nic, whose failures CloudStack ignores.";

/** What a person does about a command that failed. configSocket: where the plugin looks for the configuration node. */
export function adviceFor(command: string, error: ContrailError, configSocket: string): string {
  switch (error.code) {
    case "vnc.unavailable":
      return `Run contrail status: the configuration node must answer on ${configSocket} (setting --config-socket or --config-url). ${AGAIN}`;
    case "cloudstack.unavailable":
      return `Run contrail status: the configuration node on ${configSocket} is too slow. The work goes on. ${AGAIN}`;
    case "cloudstack.unsupported":
      return unsupportedAdvice(command);
    case "cloudstack.conflict":
      if (error.fields.isAnother === true) return anotherAdvice(error);
      return `Look at ${objectOf(error)}: contrail api get shows it. Remove it, or take the NIC out of CloudStack and add it again.`;
    case "vnc.conflict":
      return "Another object has the name, the uuid or the address that the text names, or still refers to it: contrail api get shows it. Remove that one, then repeat.";
    case "vnc.bad_request":
    case "vnc.precondition_failed":
    case "vnc.too_large":
      return "The configuration node refuses the value that the text names. Change it in CloudStack, then repeat.";
    case "vnc.permission_denied":
    case "vnc.unauthenticated":
      return `The configuration node on ${configSocket} does not let the plugin write. Give the plugin the socket that it trusts, or a key of the cloud's administrator (--config-key-file, made by contrail key add).`;
    case "cloudstack.bad_request":
    case "cloudstack.too_large":
      return "The payload is not one of CloudStack 4.23. Compare its version with the plugin's; the text names the field.";
    case "cloudstack.not_found":
      return "CloudStack has a command that this version does not know: bring OpenContrail up to date.";
    case "cloudstack.permission_denied":
      return "Give the management server a certificate by contrail ca --role cloudstack.";
    default:
      return "This is a fault of the plugin. Send its log of that minute to its makers; repeating the operation may help.";
  }
}

function unsupportedAdvice(command: string): string {
  const services = Object.entries(SERVICES).find(([name]) => name === command)?.[1];
  if (services !== undefined) {
    const noun = services.includes(",") ? "services" : "service";
    return `Take the ${noun} ${services} off the network offering, and move the network to such an offering: "OpenContrail isolated" has only what works.`;
  }
  if (command === "set-dhcp-options") return "Take the extra DHCP options off the machine's NIC.";
  return 'Use an isolated network of the offering "OpenContrail isolated": VPCs and their tiers are not supported yet.';
}

function anotherAdvice(error: ContrailError): string {
  const api = "Let CloudStack's API answer (contrail cloudstack status tells why it does not), then repeat.";
  return `${api} Where CloudStack has another prefix and gateway for the same network now, remove ${objectOf(error)}: contrail cloudstack reconcile makes it anew.`;
}

function objectOf({ fields }: ContrailError): string {
  return typeof fields.object === "string" ? fields.object : "the object that the text names";
}
