import { ContrailError } from "@contrail/errors";
import type { ConfigGraph } from "@contrail/graph";
import { type ConfigObject, type JsonObject, objectType, underscored } from "@contrail/schema";
import type { Caller } from "../caller.ts";
import { bad } from "../request-body.ts";
import { type AccessRules, allows, namedFields, type Operation, readAccessRules } from "./access-rules.ts";
import { ALL, accessBits, LINK, owns, READ, WRITE } from "./object-access.ts";

const VERBS: Readonly<Record<Operation, string>> = { C: "create", R: "read", U: "update", D: "delete" };
const DEEDS = new Map([
  [READ, "read"],
  [WRITE, "changed"],
  [LINK, "referred to"],
]);

/** The configuration as one caller sees it during one request, and what he may do with it. */
export class View {
  readonly caller: Caller;
  readonly #graph: ConfigGraph;
  #rules: AccessRules | undefined;
  readonly #readable = new Map<string, boolean>();

  constructor(graph: ConfigGraph, caller: Caller) {
    this.#graph = graph;
    this.caller = caller;
  }

  /** True for whom nothing is hidden and nothing is denied. */
  get isAdministrator(): boolean {
    return this.caller.tenant === undefined;
  }

  /** The view itself where something may be hidden from the caller; undefined for the cloud's administrator. */
  get limits(): View | undefined {
    return this.isAdministrator ? undefined : this;
  }

  /** Throws 403 unless the caller is the cloud's administrator. */
  requireAdministrator(deed: string): void {
    if (!this.isAdministrator) throw denied(`only the cloud's administrator may ${deed}`);
  }

  /** What perms2 lets the caller do with an object, as bits. */
  bits(object: ConfigObject): number {
    const { tenant } = this.caller;
    return tenant === undefined ? ALL : accessBits(this.#graph, object, tenant);
  }

  /** True where the object's perms2 give the caller nothing: he does not learn its name. */
  isHidden(object: ConfigObject): boolean {
    return this.bits(object) === 0;
  }

  /** True where the caller is the owner and may write, as far as perms2 go. */
  owns(object: ConfigObject): boolean {
    const { tenant } = this.caller;
    return tenant === undefined || (owns(this.#graph, object, tenant) && (this.bits(object) & WRITE) !== 0);
  }

  /** True for an object that reads and lists show to the caller. */
  canRead(object: ConfigObject): boolean {
    if (this.isAdministrator) return true;
    return (this.bits(object) & READ) !== 0 && isVisibleByUsers(object) && this.#readsType(object.type);
  }

  /** True for an object whose reference the caller sees in an object that he may read. */
  canSee(object: ConfigObject): boolean {
    return this.isAdministrator || !this.isHidden(object);
  }

  /** Throws 403 unless perms2 and the access lists let the caller read the object. */
  requireRead(object: ConfigObject): void {
    this.require(object, READ);
    this.requireOperation("R", object.type);
  }

  /** Throws 403 unless perms2 give the bit; 400 where the object is not for users. */
  require(object: ConfigObject, bit: number): void {
    if ((this.bits(object) & bit) === 0) {
      throw denied(`${object.type} ${object.uuid} may not be ${DEEDS.get(bit)} by ${this.caller.name}`);
    }
    if (!this.isAdministrator && !isVisibleByUsers(object)) {
      throw bad(`This object is not visible by users: ${object.uuid}`);
    }
  }

  /** True where the access lists let a role of the caller do it with objects of the type, or with a field of them. */
  allows(operation: Operation, typeName: string, field = ""): boolean {
    const { tenant } = this.caller;
    if (tenant === undefined || (tenant.readsAll && operation === "R")) return true;
    if (typeName === "api-access-list" && operation !== "R") return false;
    const isRooted = (objectType(typeName)?.parents.length ?? 0) > 0;
    return allows(this.#accessRules(), tenant.roles, operation, { name: typeName, isRooted }, field);
  }

  /** Throws 403 unless the access lists let the caller do it with every one of the fields; with the object where none is named. */
  requireOperation(operation: Operation, typeName: string, fields: readonly string[] = [""]): void {
    const forbidden = fields.find((field) => !this.allows(operation, typeName, field));
    if (forbidden === undefined) return;
    const what = forbidden === "" ? typeName : `${forbidden} of ${typeName}`;
    throw denied(`no api-access-list lets ${this.caller.name} ${VERBS[operation]} ${what}`);
  }

  /** Fields of a type that the caller may not read though he may read the object. */
  unreadableFields(typeName: string): ReadonlySet<string> {
    if (this.isAdministrator) return new Set();
    return new Set(namedFields(this.#accessRules(), typeName).filter((field) => !this.allows("R", typeName, field)));
  }

  #readsType(typeName: string): boolean {
    const known = this.#readable.get(typeName);
    if (known !== undefined) return known;
    const readable = this.allows("R", typeName);
    this.#readable.set(typeName, readable);
    return readable;
  }

  /** Lists of the whole cloud, of the caller's domain and of its project. */
  #accessRules(): AccessRules {
    this.#rules ??= readAccessRules(
      [...this.#graph.ofType("api-access-list")].filter(
        ({ parentType, parentUuid }) =>
          parentType === "global-system-config" ||
          (parentUuid !== undefined &&
            (parentUuid === this.caller.tenant?.domainUuid || parentUuid === this.caller.tenant?.projectUuid)),
      ),
    );
    return this.#rules;
  }
}

/** 403 in the words of the API, with the reason. */
export function denied(reason: string): ContrailError {
  return new ContrailError("config.permission_denied", `Permission Denied: ${reason}`);
}

/** "virtual_network_refs". */
export function referenceField(toType: string): string {
  return `${underscored(toType)}_refs`;
}

/** False for what the administrator has hidden from users (id_perms.user_visible). */
export function isVisibleByUsers({ properties }: ConfigObject): boolean {
  return (properties.id_perms as JsonObject | undefined)?.user_visible !== false; // The model says IdPermsType.
}
