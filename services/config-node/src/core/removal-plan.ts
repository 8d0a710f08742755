import type { ConfigGraph } from "@contrail/graph";
import type { ConfigObject } from "@contrail/schema";
import { defaultChildren } from "./boot-objects.ts";

/** What a removal takes with it, and what stands in its way. */
export interface RemovalPlan {
  /** The object with its default and derived children and theirs; children and referrers first. */
  readonly members: readonly ConfigObject[];
  /** Objects that clients made below a member: the removal is refused. */
  readonly children: readonly ConfigObject[];
  /** Objects that clients made and that refer to a member. */
  readonly referrers: readonly ConfigObject[];
  /** Objects that stay and let go of members first: derived ones, and those that refer to derived members only. */
  readonly looseReferrers: readonly ConfigObject[];
}

/** Plans the removal of an object. Nothing is taken away before everything has been looked at. */
export function planRemoval(graph: ConfigGraph, object: ConfigObject): RemovalPlan {
  const members = new Map<string, ConfigObject>();
  const children: ConfigObject[] = [];
  const around = (uuid: string): ConfigObject[] =>
    [...graph.neighbours(uuid)].flatMap((other) => graph.get(other) ?? []);
  const waiting = [object];
  for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) {
    members.set(member.uuid, member);
    for (const child of around(member.uuid)) {
      if (child.parentUuid !== member.uuid) continue;
      if (child.derived || isDefaultChild(member, child)) waiting.push(child);
      else children.push(child);
    }
  }
  const outside = [...members.keys()].flatMap((uuid) =>
    around(uuid).filter((other) => !members.has(other.uuid) && other.refs.some((ref) => ref.toUuid === uuid)),
  );
  const users = [...new Set(outside)];
  const isLoose = (user: ConfigObject): boolean =>
    user.derived || user.refs.every(({ toUuid }) => members.get(toUuid)?.derived ?? true);
  return {
    members: leavesFirst(members),
    children,
    referrers: users.filter((user) => !isLoose(user)),
    looseReferrers: users.filter(isLoose),
  };
}

/** Children before parents, referrers before what they refer to; members of a ring of references in any order. */
function leavesFirst(members: ReadonlyMap<string, ConfigObject>): ConfigObject[] {
  const ordered: ConfigObject[] = [];
  const left = new Map(members);
  while (left.size > 0) {
    const needed = new Set<string>();
    for (const { uuid, parentUuid, refs } of left.values()) {
      if (parentUuid !== undefined) needed.add(parentUuid);
      for (const ref of refs) if (ref.toUuid !== uuid) needed.add(ref.toUuid);
    }
    const free = [...left.values()].filter(({ uuid }) => !needed.has(uuid));
    for (const item of free.length > 0 ? free : [...left.values()]) {
      ordered.push(item);
      left.delete(item.uuid);
    }
  }
  return ordered;
}

/** A child that goes with its parent: one made with it, or one of a default name. */
function isDefaultChild(parent: ConfigObject, child: ConfigObject): boolean {
  const name = child.fqName.at(-1);
  if (name === `default-${child.type}`) return true;
  return defaultChildren(parent.type, parent.fqName).some(
    (made) => made.type === child.type && made.fqName.at(-1) === name,
  );
}
