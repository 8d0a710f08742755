import { ContrailError } from "@contrail/errors";
import { z } from "zod";
import { uuid } from "./api-fields.ts";

/** An item of a list of the API. */
export type ApiObject = Readonly<Record<string, unknown>>;

/** The objects of the configuration that a list of CloudStack's is about. */
export type ListedType = "domain" | "project" | "virtual-network" | "virtual-machine" | "virtual-machine-interface";

/** An item of a list that is not understood. Unknown is not absent: what could belong to it stays. */
export interface UnknownItem {
  readonly type: ListedType;
  /** undefined where that is not legible either. */
  readonly uuid: string | undefined;
  readonly name: string | undefined;
  /** Of a NIC: its machine. */
  readonly machineUuid: string | undefined;
  /** Of a machine or a NIC: the networks that it is in; undefined where that is not legible in full. */
  readonly networkUuids?: readonly string[] | undefined;
  /** Which list, and what of the item. */
  readonly problem: string;
}

const MAX_TEXT = 100;
const NEXT =
  "it is left as it is; if the CloudStack is newer than 4.23, bring OpenContrail up to date, else send this line to its makers";

/** Code "cloudstack.not_understood": CloudStack answered something that no CloudStack we know does. */
export class NotUnderstood extends ContrailError {
  readonly item: UnknownItem;

  constructor(item: UnknownItem) {
    super("cloudstack.not_understood", item.problem);
    this.item = item;
  }
}

/** Items that are understood, and those that are not. */
export interface Sorted<T> {
  readonly known: readonly T[];
  readonly unknown: readonly UnknownItem[];
}

/** Reads the items of a list; one that is not understood does not hide the others. */
export function sorted<T>(items: readonly ApiObject[], read: (item: ApiObject) => T): Sorted<T> {
  const known: T[] = [];
  const unknown: UnknownItem[] = [];
  for (const item of items) {
    try {
      known.push(read(item));
    } catch (reason) {
      if (!(reason instanceof NotUnderstood)) throw reason;
      unknown.push(reason.item);
    }
  }
  return { known, unknown };
}

/** An item in the form that it has to have. Throws NotUnderstood. */
export function understood<T>(form: z.ZodType<T>, item: ApiObject, type: ListedType, command: string): T {
  const result = form.safeParse(item);
  if (result.success) return result.data;
  throw new NotUnderstood(notUnderstood(result.error, item, type, command));
}

/** What is legible of an item that is not understood. machineUuid: of a NIC. */
export function notUnderstood(
  error: z.ZodError,
  item: unknown,
  type: ListedType,
  command: string,
  machineUuid?: string,
): UnknownItem {
  const { id, name } = typeof item === "object" && item !== null ? (item as ApiObject) : {}; // Any object is one.
  const where = error.issues.map(({ path }) => path.join(".") || "all of it").slice(0, 3);
  const of = machineUuid === undefined ? "" : ` of machine ${machineUuid}`;
  const problem = `${command} answered an item${of} that is not understood, at ${where.join(", ")}; ${NEXT}`;
  const shown = typeof name === "string" ? name.slice(0, MAX_TEXT) : undefined;
  const networkUuids = networksOf(item, type);
  return { type, uuid: uuid.safeParse(id).data, name: shown, machineUuid, networkUuids, problem };
}

const IN_NETWORK = z.object({ networkid: uuid }).transform(({ networkid }) => [networkid]);
const WITH_NICS = z.object({ nic: z.array(IN_NETWORK) }).transform(({ nic }) => nic.flat());

function networksOf(item: unknown, type: ListedType): readonly string[] | undefined {
  if (type === "virtual-machine-interface") return IN_NETWORK.safeParse(item).data;
  return type === "virtual-machine" ? WITH_NICS.safeParse(item).data : undefined;
}
