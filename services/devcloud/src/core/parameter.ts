import type { Kind } from "./rows.ts";

/** How a command takes one parameter; listApis shows it, and the parser checks by it. */
export interface Parameter {
  readonly type: "string" | "integer" | "long" | "boolean" | "uuid" | "list" | "map" | "date";
  readonly required: boolean;
  /** Of which kind the uuids are: they must be there, and, unless the command lists, be the caller's to use. */
  readonly entity: Kind | undefined;
  readonly description: string;
}

export type Parameters = Readonly<Record<string, Parameter>>;

type Options = { readonly required?: true; readonly entity?: Kind };

function parameter(type: Parameter["type"], description: string, options: Options = {}): Parameter {
  return { type, description, required: options.required === true, entity: options.entity };
}

/** Any text. */
export const text = (description: string): Parameter => parameter("string", description);
/** Text that must be given. */
export const needText = (description: string): Parameter => parameter("string", description, { required: true });
/** A whole number of 32 bits. */
export const integer = (description: string): Parameter => parameter("integer", description);
/** A whole number of 32 bits that must be given. */
export const needInteger = (description: string): Parameter => parameter("integer", description, { required: true });
/** true or false. */
export const flag = (description: string): Parameter => parameter("boolean", description);
/** uuid of an object of a kind. */
export const ref = (entity: Kind, description: string): Parameter => parameter("uuid", description, { entity });
/** uuid that must be given, of an object of a kind. */
export const needRef = (entity: Kind, description: string): Parameter =>
  parameter("uuid", description, { entity, required: true });
/** Texts, separated by commas. */
export const list = (description: string): Parameter => parameter("list", description);
/** uuids of objects of a kind, separated by commas. */
export const refs = (entity: Kind, description: string): Parameter => parameter("list", description, { entity });
/** name[0].key=value, name[1].key=value. */
export const map = (description: string): Parameter => parameter("map", description);
/** As map, and must be given. */
export const needMap = (description: string): Parameter => parameter("map", description, { required: true });
/** Texts, separated by commas; at least one. */
export const needList = (description: string): Parameter => parameter("list", description, { required: true });

/** What every list command takes. */
export const PAGING: Parameters = {
  keyword: text("list by keyword"),
  page: integer("number of the page, from 1"),
  pagesize: integer("items a page, at most 500"),
};

/** What lists of things with owners take. */
export const OWNED_LIST: Parameters = {
  ...PAGING,
  account: text("list resources by account; with domainid"),
  domainid: ref("domain", "list only resources of the domain"),
  projectid: text("list resources of the project; -1 for those of all projects"),
  listall: flag("list all resources that the caller may see; default false"),
  isrecursive: flag("with domainid: also those of the domains below"),
};

/** What commands take that make things for somebody. */
export const FOR_OWNER: Parameters = {
  account: text("owner; with domainid"),
  domainid: ref("domain", "domain of the owner"),
  projectid: ref("project", "project that shall own it"),
};
