import type { ConfigObject } from "@contrail/schema";
import { systemNumber, TargetNumbers } from "./route-targets.ts";

/** The pools that derived objects have numbers of; what the store holds is learnt from it. */
export class Numbers {
  /** Of route targets, by the name of the routing instance or by routerOwner(). */
  readonly targets = new TargetNumbers();

  /** Notes what an object of the store says; undefined: it is gone. */
  learn(type: string, name: string, object: ConfigObject | undefined): void {
    switch (type) {
      case "routing-instance":
        this.targets.learn(name, object?.derived ? ownNumber(object) : undefined);
        return;
      case "logical-router":
        this.targets.learn(routerOwner(name), ownNumber(object));
        return;
      default:
    }
  }
}

/** The number of the first target, which is an instance's own. */
function ownNumber(object: ConfigObject | undefined): number | undefined {
  const own = object?.refs.find((ref) => ref.toType === "route-target");
  return systemNumber(own?.toFqName[0] ?? "");
}

/** The owner of a logical router's route target. */
export function routerOwner(name: string): string {
  return `logical-router ${name}`;
}
