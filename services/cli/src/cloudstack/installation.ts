/** Services that the plugin gives in this version; NAT, firewall, load balancing and VPC would be false promises. */
export const SERVICES: readonly string[] = ["Dhcp", "Dns", "UserData"];

/** What the services can do, in the words of recordings/api/131-listExtensions.json. */
const CAPABILITIES = {
  Dhcp: {},
  Dns: { AllowDnsSuffixModification: "true", ExternalDns: "true" },
  UserData: { Supported: "true" },
};

/** Details of the extension; recordings/extension/README.md, "Set-up that worked". */
export const EXTENSION_DETAILS: Readonly<Record<string, string>> = {
  "network.services": SERVICES.join(","),
  "network.service.capabilities": JSON.stringify(CAPABILITIES),
  "network.isolation.method": "NetworkExtension",
  "network.allocate.extension.ip": "false",
};

/** By this an extension is known as ours: no detail of CloudStack's says who made it. */
export const EXTENSION_DESCRIPTION = "OpenContrail for CloudStack";

export const EXTENSION_TYPE = "NetworkOrchestrator";
export const DEFAULT_NAME = "opencontrail";
export const DEFAULT_OFFERING = "OpenContrail isolated";

/** Where opencontrail.sh finds the plugin: its unix socket on the management server, or a URL for mutual TLS. */
export type PluginAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "url"; readonly url: string };

/** What shall be there after an installation. */
export interface Wanted {
  /** Name of the extension, of its executable and of the provider. */
  readonly name: string;
  /** Name of the network offering. */
  readonly offering: string;
  readonly plugin: PluginAddress;
  /** Name or uuid; undefined takes the only zone. */
  readonly zone: string | undefined;
  /** Names or uuids; none takes all physical networks of the zone that carry guest traffic. */
  readonly physicalNetworks: readonly string[];
}

/** Details of the registration: they reach every call of the executable. */
export function registrationDetails(plugin: PluginAddress): Readonly<Record<string, string>> {
  return plugin.kind === "socket" ? { "plugin-socket": plugin.path } : { "plugin-url": plugin.url };
}

/** A map of details as CloudStack's parameters: details[0].network.services=… */
export function detailParameters(details: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(details).map(([key, value], index) => [`details[${index}].${key}`, value]));
}
