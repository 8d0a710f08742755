import type { JsonObject } from "@contrail/schema";
import { annotated, annotationsOf, KEYS } from "../core/annotations.ts";
import { interfaceViews, isOwnInterface, isOwnNetwork } from "../core/network-view.ts";
import type { Snapshot } from "../core/reconcile/cloud-diff.ts";

const OWNER = ["display_name", "annotations"];
const NETWORK = ["display_name", "annotations", "perms2", "network_ipam_refs"];
const INTERFACE = [
  "display_name",
  "annotations",
  "perms2",
  "virtual_machine_interface_mac_addresses",
  "virtual_network_refs",
  "virtual_machine_refs",
];
const MACHINE = ["display_name", "annotations", "perms2"];
const ADDRESS = ["instance_ip_address", "virtual_machine_interface_refs"];

/** What pages of objects come from: VncClient. */
export interface ObjectPages {
  pages(type: string, fields: readonly string[]): AsyncGenerator<readonly JsonObject[]>;
}

/** Reads all that the plugin made, page by page; machines' data are not kept. */
export async function readSnapshot(vnc: ObjectPages): Promise<Snapshot> {
  const domains = await collect(vnc, "domain", OWNER, (object) => object);
  const projects = await collect(vnc, "project", OWNER, (object) => object);
  const networks = await collect(vnc, "virtual-network", NETWORK, (object) =>
    isOwnNetwork(object) ? object : undefined,
  );
  const interfaces = await collect(vnc, "virtual-machine-interface", INTERFACE, (object) =>
    isOwnInterface(object) ? withoutData(object) : undefined,
  );
  const own = new Set(interfaces.map(({ uuid }) => String(uuid)));
  const addresses = await collect(vnc, "instance-ip", ADDRESS, (object) =>
    refersTo(object, own) ? object : undefined,
  );
  const machines = await collect(vnc, "virtual-machine", MACHINE, (object): [string, JsonObject] => [
    String(object.uuid),
    object,
  ]);
  return {
    domains,
    projects,
    networks,
    interfaces: interfaceViews(interfaces, addresses),
    machines: new Map(machines),
  };
}

async function collect<T>(
  vnc: ObjectPages,
  type: string,
  fields: readonly string[],
  keep: (object: JsonObject) => T | undefined,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of vnc.pages(type, fields)) {
    for (const object of page) {
      const kept = keep(object);
      if (kept !== undefined) all.push(kept);
    }
  }
  return all;
}

/** User data may be megabytes, and CloudStack's API does not tell it. Of a password is known that there is one. */
function withoutData(object: JsonObject): JsonObject {
  const before = annotationsOf(object);
  const password = before.has(KEYS.password) ? "" : undefined;
  return { ...object, annotations: annotated(before, { [KEYS.vmData]: undefined, [KEYS.password]: password }) };
}

function refersTo(address: JsonObject, interfaces: ReadonlySet<string>): boolean {
  const references = (address.virtual_machine_interface_refs ?? []) as readonly JsonObject[]; // References are objects.
  return references.some(({ uuid }) => interfaces.has(String(uuid)));
}
