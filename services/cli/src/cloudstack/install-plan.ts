import type { Extension, Found, Offering, PhysicalNetwork, Zone } from "./found.ts";
import {
  detailParameters,
  EXTENSION_DESCRIPTION,
  EXTENSION_DETAILS,
  EXTENSION_TYPE,
  registrationDetails,
  SERVICES,
  type Wanted,
} from "./installation.ts";
import { type Action, call, job, type Part, type Plan, planOf } from "./plan.ts";

const LATER: Action = { kind: "later" };
/** Details of a registration by which opencontrail.sh finds the plugin. */
const ADDRESS_KEYS: readonly string[] = ["plugin-url", "plugin-socket"];

/** What is missing of an installation. The same for whatever state CloudStack is in; without steps where all is there. */
export function planInstall(found: Found, wanted: Wanted): Plan {
  const zone = chooseZone(found.zones, wanted.zone);
  if ("refusal" in zone) return planOf(undefined, [zone]);
  const networks = chooseNetworks(found.physicalNetworks, zone, wanted.physicalNetworks);
  if ("refusal" in networks) return planOf(zone, [networks]);
  return planOf(zone, [
    extensionPart(found.extension, wanted),
    ...scriptParts(found),
    enablingPart(found, wanted),
    ...networks.flatMap((network) => registrationParts(network, found, wanted)),
    ...offeringParts(found, wanted),
  ]);
}

function chooseZone(zones: readonly Zone[], wanted: string | undefined): Zone | { readonly refusal: string } {
  const matching = wanted === undefined ? zones : zones.filter(({ id, name }) => id === wanted || name === wanted);
  const [zone] = matching;
  if (zone !== undefined && matching.length === 1) return zone;
  const names = zones.map(({ name }) => name).join(", ");
  if (zones.length === 0) return { refusal: "CloudStack has no zone; make one first" };
  if (wanted === undefined) return { refusal: `there are several zones: ${names}; choose one by --zone` };
  return { refusal: `there is ${zone === undefined ? "no" : "more than one"} zone ${wanted}; there are: ${names}` };
}

function chooseNetworks(
  all: readonly PhysicalNetwork[],
  zone: Zone,
  wanted: readonly string[],
): readonly PhysicalNetwork[] | { readonly refusal: string } {
  const ofZone = all.filter(({ zoneid }) => zoneid === zone.id);
  const forGuests = ofZone.filter(({ carriesGuests }) => carriesGuests);
  const missing = wanted.find((name) => !forGuests.some((network) => isNamed(network, name)));
  if (missing !== undefined) {
    const names = forGuests.map(({ name }) => name).join(", ");
    const why = ofZone.some((network) => isNamed(network, missing)) ? "carries no guest traffic" : "is not there";
    return { refusal: `physical network ${missing} of zone ${zone.name} ${why}; guest traffic is on: ${names}` };
  }
  if (forGuests.length === 0) return { refusal: `no physical network of zone ${zone.name} carries guest traffic` };
  return wanted.length === 0 ? forGuests : forGuests.filter((network) => wanted.some((name) => isNamed(network, name)));
}

function isNamed({ id, name }: PhysicalNetwork, wanted: string): boolean {
  return id === wanted || name === wanted;
}

/** True for an extension that an installation made. */
export function isOurs({ type, description }: Extension): boolean {
  return type === EXTENSION_TYPE && description === EXTENSION_DESCRIPTION;
}

function extensionPart(extension: Extension | undefined, { name }: Wanted): Part {
  if (extension === undefined) {
    const action = call("createExtension", {
      name,
      type: EXTENSION_TYPE,
      description: EXTENSION_DESCRIPTION,
      state: "Disabled", // Enabled would be refused, and leave it behind, as long as the executable is missing.
      ...detailParameters(EXTENSION_DETAILS),
    });
    return { step: { name: "create-extension", text: `make extension ${name}`, overwrites: false, action } };
  }
  if (!isOurs(extension)) {
    const refusal = `there is an extension ${name} that is not OpenContrail's (type ${extension.type}, description "${extension.description}"); choose another name by --name, or delete it`;
    return { refusal };
  }
  const wrong = Object.entries(EXTENSION_DETAILS).filter(([key, value]) => extension.details[key] !== value);
  if (wrong.length === 0) return { present: `extension ${name}` };
  const details = detailParameters({ ...extension.details, ...EXTENSION_DETAILS });
  const keys = wrong.map(([key]) => key).join(", ");
  const action = call("updateExtension", { id: extension.id, ...details });
  return { step: { name: "mend-extension", text: `set ${keys} of extension ${name}`, overwrites: false, action } };
}

function scriptParts({ extension, script }: Found): readonly Part[] {
  const write = (text: string, overwrites: boolean, action: Action): readonly Part[] => [
    { step: { name: "write-script", text, overwrites, action } },
  ];
  if (extension === undefined) return write("put opencontrail.sh where CloudStack then looks for it", false, LATER);
  const { path, pathready } = extension;
  const kind = script?.kind ?? "absent";
  if (script?.isWritable && kind === "other") {
    return write(`replace ${path}, which differs`, true, { kind: "write-script", path });
  }
  if (pathready)
    return [{ present: `executable ${path}${kind === "other" ? ", whose text is another version's" : ""}` }];
  if (kind === "same") return [{ present: `executable ${path}` }];
  if (script?.isWritable) return write(`write ${path}`, false, { kind: "write-script", path });
  if (extension.state !== "Enabled") return [];
  return [
    { refusal: `the management server has lost ${path}; copy deploy/cloudstack/opencontrail.sh there, mode 755` },
  ];
}

function enablingPart({ extension, script }: Found, { name }: Wanted): Part {
  if (extension?.state === "Enabled") return {};
  if (extension === undefined) {
    return { step: { name: "enable-extension", text: `enable extension ${name}`, overwrites: false, action: LATER } };
  }
  const { id, path, pathready } = extension;
  const isHere = pathready || script?.kind === "same" || script?.isWritable;
  const text = `enable extension ${name}${isHere ? "" : ` as soon as the management server has ${path}`}`;
  const action: Action = { kind: "enable", extension: id, path };
  return { step: { name: "enable-extension", text, overwrites: false, action } };
}

function registrationParts(network: PhysicalNetwork, found: Found, wanted: Wanted): readonly Part[] {
  const { extension, providers } = found;
  const { name, plugin } = wanted;
  const registration = extension?.resources.find(({ id }) => id === network.id);
  const provider = providers.find(({ physicalnetworkid }) => physicalnetworkid === network.id);
  if (registration === undefined && provider !== undefined) {
    const refusal = `physical network ${network.name} has a provider ${name} that is not OpenContrail's; choose another name by --name`;
    return [{ refusal }];
  }
  const details = registrationDetails(plugin);
  const kept = Object.entries(registration?.details ?? {}).filter(([key]) => !ADDRESS_KEYS.includes(key));
  const target = { resourcetype: "PhysicalNetwork", resourceid: network.id };
  const where = `physical network ${network.name}`;
  const withDetails = (command: string): Action =>
    extension === undefined
      ? LATER
      : call(command, {
          extensionid: extension.id,
          ...target,
          ...detailParameters({ ...Object.fromEntries(kept), ...details }),
        });
  if (registration === undefined) {
    const text = `register extension ${name} with ${where}, which makes provider ${name}`;
    return [
      { step: { name: "register-extension", text, overwrites: false, action: withDetails("registerExtension") } },
    ];
  }
  const address = Object.entries(details)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
  const parts: Part[] = [];
  if (isRegisteredAt(registration.details, details)) parts.push({ present: `registration with ${where} (${address})` });
  else {
    const text = `set ${address} of the registration with ${where}`;
    const action = withDetails("updateRegisteredExtension");
    parts.push({ step: { name: "mend-registration", text, overwrites: true, action } });
  }
  if (provider === undefined) {
    const text = `take the registration with ${where} away, to make it again: its provider is gone`;
    const action =
      extension === undefined ? LATER : call("unregisterExtension", { extensionid: extension.id, ...target });
    return [{ step: { name: "unregister-extension", text, overwrites: false, action } }];
  }
  if (provider.state === "Enabled") return [...parts, { present: `provider ${name} on ${where}` }];
  const action = job("updateNetworkServiceProvider", { id: provider.id, state: "Enabled" });
  return [
    ...parts,
    { step: { name: "enable-provider", text: `enable provider ${name} on ${where}`, overwrites: false, action } },
  ];
}

/** True where opencontrail.sh finds the plugin at the wanted address: plugin-url wins over plugin-socket. */
function isRegisteredAt(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return ADDRESS_KEYS.every((key) => found[key] === wanted[key]);
}

function offeringParts({ offerings }: Found, { name, offering: wantedName }: Wanted): readonly Part[] {
  const offering = offerings.find((each) => each.name === wantedName);
  if (offering === undefined) {
    const action = call("createNetworkOffering", offeringParameters(name, wantedName));
    return [
      { step: { name: "create-offering", text: `make network offering "${wantedName}"`, overwrites: false, action } },
      {
        step: {
          name: "enable-offering",
          text: `enable network offering "${wantedName}"`,
          overwrites: false,
          action: LATER,
        },
      },
    ];
  }
  const difference = offeringDifference(offering, name);
  if (difference !== undefined) {
    const refusal = `there is a network offering "${wantedName}" that is not this installation's: ${difference}; choose another name by --offering, or rename that one`;
    return [{ refusal }];
  }
  if (offering.state === "Enabled") return [{ present: `network offering "${wantedName}"` }];
  const action = call("updateNetworkOffering", { id: offering.id, state: "Enabled" });
  return [
    { step: { name: "enable-offering", text: `enable network offering "${wantedName}"`, overwrites: false, action } },
  ];
}

/** recordings/extension/sequence.json, "offering isolated without SourceNat". */
function offeringParameters(provider: string, name: string): Readonly<Record<string, string>> {
  const providers = SERVICES.flatMap((service, index) => [
    [`serviceproviderlist[${index}].service`, service],
    [`serviceproviderlist[${index}].provider`, provider],
  ]);
  return {
    name,
    displaytext: "Isolated network on the OpenContrail overlay, without source NAT",
    guestiptype: "Isolated",
    traffictype: "GUEST",
    supportedservices: SERVICES.join(","),
    specifyvlan: "true", // Asked for by CloudStack where there is no SourceNat.
    ...Object.fromEntries(providers),
  };
}

/** Why an offering is not the one that this installation makes; undefined where it is. */
function offeringDifference(offering: Offering, provider: string): string | undefined {
  const services = offering.service.map((service) => service.name).toSorted();
  const foreign = offering.service.find(({ provider: own }) => own.some(({ name }) => name !== provider));
  if (foreign !== undefined)
    return `its service ${foreign.name} is given by ${foreign.provider.map(({ name }) => name).join(", ")}`;
  if (services.join() !== SERVICES.toSorted().join()) return `its services are ${services.join(", ") || "none"}`;
  if (offering.guestiptype !== "Isolated") return `it is of type ${offering.guestiptype}`;
  if (offering.forvpc) return "it is for VPC";
  return offering.specifyvlan ? undefined : "it takes no VLAN";
}
