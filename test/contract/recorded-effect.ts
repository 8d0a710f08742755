import type { JsonObject } from "@contrail/schema";

interface Item {
  readonly dir: string;
  readonly file: string;
  readonly content: string;
}

/** What of a recorded payload stands in the configuration after its command; null for what it has not. */
export interface Effect {
  readonly wanted: unknown;
  readonly found: unknown;
}

/**
 * The payload's own words beside those of the configuration. objects: all that the plugin writes. undefined for a command
 * that says nothing which is to be seen.
 */
export function effectOf(command: string, file: string, objects: readonly JsonObject[]): Effect | undefined {
  const { payload } = JSON.parse(file) as { readonly payload: Readonly<Record<string, unknown>> }; // The recording's form.
  const port = objects.find(({ uuid }) => uuid === payload.nic_uuid);
  switch (command) {
    case "implement-network":
      return { wanted: prefixOf(payload), found: subnetOf(objects, String(payload.network_id)) };
    case "add-dhcp-entry":
      return {
        wanted: { mac: payload.mac, ip: payload.ip, isDefault: payload.default_nic },
        found: {
          mac: at(port, "virtual_machine_interface_mac_addresses", "mac_address", 0),
          ip: addressOf(objects, String(payload.nic_uuid)),
          isDefault: annotation(port, "cloudstack.default-nic"),
        },
      };
    case "add-dns-entry":
      return { wanted: payload.hostname, found: annotation(port, "cloudstack.dns-name") };
    case "save-vm-data": {
      const items = payload.vm_data as readonly Item[];
      const password = items.find(({ dir }) => dir === "password")?.content;
      return {
        wanted: [...items.filter(({ dir }) => dir !== "password").map(text)].toSorted(),
        found: stored(annotation(port, "cloudstack.vm-data"), password, annotation(port, "cloudstack.password")),
      };
    }
    default:
      return undefined;
  }
}

/** A machine of a network without services at layer 2 has no prefix. */
function prefixOf({ cidr, gateway }: Readonly<Record<string, unknown>>): unknown {
  return cidr === undefined ? null : { prefix: cidr, gateway };
}

function subnetOf(objects: readonly JsonObject[], networkId: string): unknown {
  const network = objects.find((one) => annotation(one, "cloudstack.network-id") === networkId);
  if (network === undefined) return "no network";
  const subnet = at(network, "network_ipam_refs", 0, "attr", "ipam_subnets", 0);
  if (subnet === null) return null;
  const prefix = `${String(at(subnet, "subnet", "ip_prefix"))}/${String(at(subnet, "subnet", "ip_prefix_len"))}`;
  return { prefix, gateway: at(subnet, "default_gateway") };
}

function addressOf(objects: readonly JsonObject[], port: string): unknown {
  const isOf = (one: JsonObject) => at(one, "virtual_machine_interface_refs", 0, "uuid") === port;
  return at(
    objects.find((one) => "instance_ip_address" in one && isOf(one)),
    "instance_ip_address",
  );
}

/** The items, or what is wrong with the password that came with them. */
function stored(data: unknown, password: string | undefined, found: unknown): unknown {
  if (password !== undefined && found !== password) return "another password";
  const items = JSON.parse(String(data)) as readonly Item[]; // The plugin's own annotation.
  return items.map((one) => text({ ...one, content: Buffer.from(one.content, "base64").toString("utf8") })).toSorted();
}

function text({ dir, file, content }: Item): string {
  return `${dir}/${file}: ${content}`;
}

function annotation(object: JsonObject | undefined, key: string): unknown {
  const pairs = at(object, "annotations", "key_value_pair") as readonly { key: string; value: string }[] | null; // KeyValuePairs.
  return pairs?.find((pair) => pair.key === key)?.value ?? null;
}

/** What stands at a path; null for nothing. */
function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
  return found ?? null;
}
