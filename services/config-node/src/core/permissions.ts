import type { JsonObject } from "@contrail/schema";

/** Who may do what with an object of the cloud's administrator: full access, shared with nobody. */
export const DEFAULT_PERMS2: JsonObject = { owner: "cloud-admin", owner_access: 7, global_access: 0, share: [] };

const OWNER_PERMISSIONS: JsonObject = {
  owner: "cloud-admin",
  owner_access: 7,
  group: "cloud-admin-group",
  group_access: 7,
  other_access: 7,
};

/** Fields of id_perms that a client may change later; the others stay as the creation made them. */
const CHANGEABLE = ["enable", "description"] as const;

/** id_perms of an object: what the client gave, and what the server keeps: the uuid in two halves, and the dates. */
export function idPerms(uuid: string, given: JsonObject, created: string, modified: string): JsonObject {
  const value = BigInt(`0x${uuid.replaceAll("-", "")}`);
  return {
    enable: true,
    user_visible: true,
    permissions: OWNER_PERMISSIONS,
    ...given,
    uuid: { uuid_mslong: BigInt.asIntN(64, value >> 64n), uuid_lslong: BigInt.asIntN(64, value) },
    created,
    last_modified: modified,
  };
}

/** id_perms after an update that gave some: enable and description are taken over. */
export function changedIdPerms(before: JsonObject, given: JsonObject): JsonObject {
  const taken = CHANGEABLE.filter((field) => given[field] !== undefined).map((field) => [field, given[field]]);
  return { ...before, ...Object.fromEntries(taken) };
}

/** A date as the API writes it: YYYY-MM-DDTHH:MM:SS.ffffff in UTC. */
export function apiDate(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, -1)}000`;
}

/** A date that is later than the one before, though the clock stood still or went back: dates serve as ETags. */
export function laterDate(wallMs: number, before: string): string {
  const now = apiDate(wallMs);
  if (now > before) return now;
  const milliseconds = Date.parse(`${before.slice(0, 23)}Z`);
  if (Number.isNaN(milliseconds)) return now;
  const micros = Number(before.slice(23, 26)) + 1;
  if (micros > 999) return apiDate(milliseconds + 1);
  return `${before.slice(0, 23)}${String(micros).padStart(3, "0")}`;
}
