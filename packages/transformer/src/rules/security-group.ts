import type { Rule } from "../flow.ts";
import { objectOf, objectsOf } from "../intent-tables.ts";
import { securityGroupAcls } from "../security-group-rules.ts";
import { mayUse, sharingOf } from "./sharing.ts";

/** The two ACLs of a security group. */
export const securityGroupRule: Rule = {
  name: "security group",
  on: objectsOf("security-group"),
  run(name, read) {
    const group = objectOf(read, "security-group", name);
    if (group === undefined) return {};
    const idOf = (other: string): string | undefined => {
      const named = objectOf(read, "security-group", other);
      const id =
        named === undefined || !mayUse(group, sharingOf(named)) ? undefined : named.properties.security_group_id;
      return id === undefined ? undefined : String(id);
    };
    return { objects: securityGroupAcls(group, idOf) };
  },
};
