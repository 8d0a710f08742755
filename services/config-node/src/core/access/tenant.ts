/** Role that may do everything; given for the whole cloud only. */
export const CLOUD_ADMIN_ROLE = "admin";

/** Role that may read everything and change nothing; given for the whole cloud only. */
export const CLOUD_READER_ROLE = "reader";

/** The owner of what belongs to no project. */
export const CLOUD_OWNER = "cloud-admin";

/** Somebody with the rights of a project, or of a domain; never the cloud's administrator. */
export interface Tenant {
  readonly roles: readonly string[];
  /** UUIDs as objects have them; undefined: the token is not for a project, or not for a domain. */
  readonly projectUuid: string | undefined;
  readonly domainUuid: string | undefined;
  /** Reads everything, whoever owns it. */
  readonly readsAll: boolean;
}

/** A project's or domain's id as perms2 and tokens write it: 32 hexadecimal digits, whatever dashes and case were given. */
export function tenantId(uuid: string): string {
  return uuid.replaceAll("-", "").toLowerCase();
}
