import { ContrailError } from "@contrail/errors";
import { parseInetAddress, parseInetPrefix, parseMacAddress } from "@contrail/net";
import { structureProblem } from "@contrail/schema";
import { z } from "zod";
import { uuid } from "./api-fields.ts";
import type { InterfaceCommand } from "./command-list.ts";

const MAX_DEPTH = 64;
const MAX_MACHINES = 4_096;
const MAX_ITEMS = 512;
const MAX_ITEM_CHARACTERS = 2 * 1024 * 1024;

/** CloudStack leaves a field out or sends "" where it has no value: both are undefined here. */
function optional<T>(type: z.ZodType<T>) {
  return z.preprocess((value) => (value === "" || value === null ? undefined : value), type.optional());
}

function number() {
  return z
    .union([z.string(), z.int().nonnegative().transform(String)])
    .refine((text) => /^\d{1,19}$/.test(text), "a database number is wanted");
}

const address = z.string().refine((text) => parseInetAddress(text) !== undefined, "an IPv4 address is wanted");
const prefix = z
  .string()
  .refine((text) => parseInetPrefix(text) !== undefined, "an IPv4 prefix such as 10.1.1.0/24 is wanted");
const mac = z
  .string()
  .refine((text) => parseMacAddress(text) !== undefined, "a MAC address is wanted")
  .transform((text) => text.toLowerCase());
/** Half of a surrogate pair is no character: the configuration node refuses it, too late for a payload that changes nothing. */
const characters = z.string().refine((text) => text.isWellFormed(), "whole characters are wanted");
/** Control characters would be taken for line ends by those who read names. */
const name = characters.max(255).regex(/^[^\p{Cc}]*$/u, "control characters are not wanted");
const nameServers = z
  .string()
  .max(1_000)
  .refine((text) => text.split(",").every((one) => parseInetAddress(one.trim()) !== undefined), "addresses are wanted");
const yes = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);
const content = characters.max(MAX_ITEM_CHARACTERS);
const item = z.object({ dir: characters.max(64), file: characters.max(255), content });

const NETWORK = z.object({
  network_id: number(),
  gateway: optional(address),
  cidr: optional(prefix),
  extension_ip: optional(address),
  vpc_id: optional(number()),
  dns: optional(nameServers),
  domain: optional(name),
});

const INTERFACE = {
  nic_uuid: optional(uuid),
  mac: optional(mac),
  ip: optional(address),
  hostname: optional(name),
  default_nic: optional(yes),
  vm_data: optional(z.array(item).max(MAX_ITEMS)),
};

const NIC = z.object({
  ...INTERFACE,
  nic_id: number(),
  userdata: content.optional(),
  password: content.optional(),
  sshkey: content.optional(),
});

const RESTORE = z.object({
  dhcp_enabled: yes.optional(),
  dns_enabled: yes.optional(),
  vms: z.array(z.object({ ...INTERFACE, nic_uuid: uuid })).max(MAX_MACHINES),
});

const ENVELOPE = z.object({ payload: z.record(z.string(), z.unknown()) });

export type NetworkPayload = z.infer<typeof NETWORK>;
export type NicPayload = z.infer<typeof NIC>;
export type RestoreData = z.infer<typeof RESTORE>;
export type VmDataItem = z.infer<typeof item>;

/** The fields of a network in a payload file's text. Throws "cloudstack.bad_request"; no text holds a value. */
export function readNetwork(file: string): NetworkPayload {
  return checked(NETWORK, inner(file));
}

/** The fields of a NIC command. Throws as readNetwork. */
export function readNic(file: string): NicPayload {
  return checked(NIC, inner(file));
}

/** Fields without which a NIC command would have no effect; all but the removals name the NIC by its uuid. */
const NEEDED: Readonly<Record<InterfaceCommand, readonly (keyof NicPayload)[]>> = {
  "prepare-nic": ["nic_uuid"],
  "release-nic": [],
  "add-dhcp-entry": ["nic_uuid", "mac"],
  "remove-dhcp-entry": [],
  "add-dns-entry": ["nic_uuid", "hostname"],
  "remove-dns-entry": [],
  "save-vm-data": ["nic_uuid", "vm_data"],
  "save-userdata": ["nic_uuid", "userdata"],
  "save-password": ["nic_uuid", "password"],
  "save-sshkey": ["nic_uuid", "sshkey"],
};

/** Throws "cloudstack.bad_request" where a command lacks what it is about. */
export function requireFields(command: InterfaceCommand, nic: NicPayload): void {
  const missing = NEEDED[command].filter((field) => nic[field] === undefined);
  if (missing.length === 0) return;
  throw new ContrailError("cloudstack.bad_request", `the payload of ${command} has no ${missing.join(", ")}`);
}

/** What restore-network lists. Throws as readNetwork. */
export function readRestoreData(file: string): RestoreData {
  return checked(RESTORE, inner(file).restore_data);
}

/** Detail of a network, given by ensure-network-device: the uuid by which CloudStack's API knows it. */
export const DETAIL_UUID = "network-uuid";

/** The uuid that CloudStack keeps of the network; undefined where it has none yet. Throws as readNetwork for no JSON. */
export function keptUuid(file: string): string | undefined {
  const envelope = z.object({ "network-extension-details": z.object({ [DETAIL_UUID]: uuid }) });
  return envelope.safeParse(parsePayload(file)).data?.["network-extension-details"][DETAIL_UUID];
}

/** The number of the network that a payload file names; undefined where it names none, as for a VPC. */
export function networkNumber(file: string): string | undefined {
  const { network_id: given } = inner(file);
  return given === undefined
    ? undefined
    : checked(z.object({ network_id: number() }), { network_id: given }).network_id;
}

function inner(file: string): Readonly<Record<string, unknown>> {
  return checked(ENVELOPE, parsePayload(file)).payload;
}

/**
 * A payload file's text as JSON. Throws "cloudstack.bad_request" where it is none, or where two readers could read it in
 * two ways.
 */
export function parsePayload(file: string): unknown {
  if (structureProblem(file, MAX_DEPTH) !== undefined) {
    const message = `the payload is nested deeper than ${MAX_DEPTH} levels, or has a key twice, or the key __proto__`;
    throw new ContrailError("cloudstack.bad_request", message);
  }
  try {
    return JSON.parse(file);
  } catch {
    // The parser's own text quotes the file, and the file may hold a password.
    throw new ContrailError("cloudstack.bad_request", "the payload is not JSON");
  }
}

function checked<T>(type: z.ZodType<T>, value: unknown): T {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 5).map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new ContrailError("cloudstack.bad_request", `the payload is wrong: ${problems.join("; ")}`);
}
