import type { JsonObject } from "@contrail/schema";
import { annotated, annotationsOf, KEYS } from "./annotations.ts";
import type { CloudDomain, CloudOwner } from "./cloud.ts";
import { mend, type Write } from "./write.ts";

/** The domain that stands for CloudStack's ROOT: it is there in every system. */
export const ROOT_DOMAIN: readonly string[] = ["default-domain"];
const ROOT_PATH = "ROOT";
/** Signs that join names (':'), and what no name may hold. */
const UNWANTED = /[\p{Cc}\p{Zl}\p{Zp}:<>&"']/gu;
const MAX_NAME = 200;

/** A domain or project of the configuration, as it is wanted. */
export interface WantedOwner {
  readonly type: "domain" | "project";
  readonly uuid: string;
  readonly displayName: string;
  /** The names to take, in this order: the first that no other object has. */
  readonly fqNames: readonly (readonly string[])[];
  /** Value of the annotation by which it is known as CloudStack's. */
  readonly kind: "domain" | "account" | "project";
}

/** The domain object of a domain below the root. Names may come twice, at once or in time; uuids do not. */
export function wantedDomain({ uuid, path }: CloudDomain): WantedOwner {
  const shown = path.startsWith(`${ROOT_PATH}/`) ? path.slice(ROOT_PATH.length + 1) : path;
  return { type: "domain", uuid, displayName: shown, fqNames: named([], shown, uuid), kind: "domain" };
}

/** The project object of an account or project. domain: fq_name of its domain. */
export function wantedProject({ uuid, name, kind }: CloudOwner, domain: readonly string[]): WantedOwner {
  return { type: "project", uuid, displayName: name, fqNames: named(domain, name, uuid), kind };
}

/** The object that makes an owner under one of its names. */
export function madeOwner(wanted: WantedOwner, fqName: readonly string[]): JsonObject {
  return {
    uuid: wanted.uuid,
    fq_name: fqName,
    display_name: wanted.displayName,
    ...(wanted.type === "project" ? { parent_type: "domain" } : {}),
    annotations: annotated(new Map(), { [KEYS.owner]: wanted.kind }),
  };
}

/** The writes that mend an owner that is there: what it is called. */
export function mendOwner(wanted: WantedOwner, object: JsonObject): readonly Write[] {
  return mend(wanted.type, object, { display_name: wanted.displayName }, { [KEYS.owner]: wanted.kind });
}

/** True for a domain or project that the plugin made. */
export function isOwnOwner(object: JsonObject): boolean {
  return annotationsOf(object).has(KEYS.owner);
}

function named(parent: readonly string[], name: string, uuid: string): readonly (readonly string[])[] {
  const plain = name.replace(UNWANTED, "_").slice(0, MAX_NAME);
  const unique = `${plain}-${uuid.slice(0, 8)}`;
  return [...(plain === "" ? [] : [[...parent, plain]]), [...parent, unique], [...parent, uuid]];
}
