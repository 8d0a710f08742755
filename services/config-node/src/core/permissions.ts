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

/** A date as the API writes it: YYYY-MM-DDTHH:MM:SS.ffffff in UTC. */
export function apiDate(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, -1)}000`;
}
