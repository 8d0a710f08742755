/** Resource types with a limit: number, name in limits, name in accounts; CloudStack's order of recordings/api. */
export interface ResourceType {
  readonly number: number;
  readonly name: string;
  /** Prefix of the three members of an account; undefined where an account shows none. */
  readonly member: string | undefined;
  /** Limit of an account without one of its own; -1 is none. */
  readonly fallback: number;
}

const type = (number: number, name: string, member: string | undefined, fallback: number): ResourceType => ({
  number,
  name,
  member,
  fallback,
});

export const RESOURCE_TYPES: readonly ResourceType[] = [
  type(0, "user_vm", "vm", 20),
  type(1, "public_ip", "ip", 20),
  type(2, "volume", "volume", 20),
  type(3, "snapshot", "snapshot", 20),
  type(4, "template", "template", 20),
  type(5, "project", "project", 10),
  type(6, "network", "network", 20),
  type(7, "vpc", "vpc", 20),
  type(8, "cpu", "cpu", 40),
  type(9, "memory", "memory", 40_960),
  type(10, "primary_storage", "primarystorage", 200),
  type(11, "secondary_storage", "secondarystorage", 400),
  type(12, "backup", "backup", 20),
  type(13, "backup_storage", "backupstorage", 400),
  type(14, "bucket", "bucket", 20),
  type(15, "object_storage", "objectstorage", 400),
  type(16, "gpu", "gpu", 20),
];

/** The type by number or by name; undefined for an unknown one. */
export function resourceType(text: string): ResourceType | undefined {
  return RESOURCE_TYPES.find(({ number, name }) => String(number) === text || name === text.toLowerCase());
}
