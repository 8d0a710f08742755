import type { Extension, Found, Network, Offering } from "./found.ts";
import { isOurs } from "./install-plan.ts";
import { type Action, call, type Part, type Plan, planOf } from "./plan.ts";

/** Names that an installation was given. */
export interface Names {
  readonly name: string;
  readonly offering: string;
}

/**
 * What of an installation is still there, in the reverse order of its making. `networks` are all of the cloud's; one that
 * uses an offering of the extension's stands in the way, and so does an offering that somebody else made with it.
 */
export function planUninstall(
  found: Found,
  { name, offering: offeringName }: Names,
  networks: readonly Network[],
): Plan {
  const { extension, offerings } = found;
  if (extension !== undefined && !isOurs(extension)) {
    const refusal = `extension ${name} is not OpenContrail's (type ${extension.type}, description "${extension.description}"); it stays`;
    return planOf(undefined, [{ refusal }]);
  }
  const using = offerings.filter(({ service }) =>
    service.some(({ provider }) => provider.some((each) => each.name === name)),
  );
  return planOf(undefined, [
    ...using.flatMap((offering) => obstacles(offering, offeringName, networks)),
    ...using.filter((offering) => offering.name === offeringName).map(deletion),
    ...(extension === undefined ? [] : [...leaving(extension), ...scriptParts(found), ...removal(extension)]),
  ]);
}

function obstacles(offering: Offering, ownName: string, networks: readonly Network[]): readonly Part[] {
  const used = networks.filter(({ networkofferingid }) => networkofferingid === offering.id);
  const parts = used.map(({ id, name, account, project, domain }) => {
    const owner = project === undefined ? `account ${account ?? "unknown"}` : `project ${project}`;
    return {
      refusal: `network ${name} (${id}, ${owner}, domain ${domain}) uses network offering "${offering.name}"; delete it first`,
    };
  });
  if (offering.name === ownName) return parts;
  return [
    ...parts,
    {
      refusal: `network offering "${offering.name}" (${offering.id}) has its services from the extension; delete it first`,
    },
  ];
}

function deletion({ id, name }: Offering): Part {
  const action = call("deleteNetworkOffering", { id });
  return { step: { name: "delete-offering", text: `delete network offering "${name}"`, overwrites: false, action } };
}

/** Takes the extension out of use. */
function leaving({ id, name, state, resources }: Extension): readonly Part[] {
  const parts = resources.map((resource): Part => {
    const target = { extensionid: id, resourcetype: "PhysicalNetwork", resourceid: resource.id };
    const text = `take extension ${name} and its provider from physical network ${resource.name || resource.id}`;
    const action = call("unregisterExtension", target);
    return { step: { name: "unregister-extension", text, overwrites: false, action } };
  });
  if (state !== "Enabled") return parts;
  const action = call("updateExtension", { id, state: "Disabled" });
  const text = `disable extension ${name}`;
  return [...parts, { step: { name: "disable-extension", text, overwrites: false, action } }];
}

function removal({ id, name }: Extension): readonly Part[] {
  const action = call("deleteExtension", { id });
  return [{ step: { name: "delete-extension", text: `delete extension ${name}`, overwrites: false, action } }];
}

/** The executable: known only while CloudStack names its path, so it goes before the extension does. */
function scriptParts({ extension, script }: Found): readonly Part[] {
  if (extension === undefined || script === undefined || script.kind === "absent") return [];
  const { path } = extension;
  if (script.kind === "other") return [{ present: `${path}, whose text is not this version's; remove it by hand` }];
  if (!script.isWritable) return [{ present: `${path}, which cannot be removed from here; remove it by hand` }];
  const action: Action = { kind: "remove-script", path };
  return [{ step: { name: "remove-script", text: `remove ${path}`, overwrites: false, action } }];
}
