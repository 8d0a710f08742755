import type { ConfigObject } from "@contrail/schema";

/** A tag's type and value. */
export interface TagName {
  readonly tagType: string;
  readonly value: string;
}

/** What a tag's properties say, or its name "<type>=<value>"; undefined where neither says it. */
export function tagNameOf({ properties, fqName }: Pick<ConfigObject, "properties" | "fqName">): TagName | undefined {
  const [type, ...rest] = (fqName.at(-1) ?? "").split("=");
  const tagType = properties.tag_type_name ?? type;
  const value = properties.tag_value ?? (rest.length > 0 ? rest.join("=") : undefined);
  return typeof tagType === "string" && typeof value === "string" && tagType !== "" ? { tagType, value } : undefined;
}
