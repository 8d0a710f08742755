import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import { annotationsOf, KEYS } from "../core/annotations.ts";
import { interfaceViews, isOwnNetwork, type NetworkView } from "../core/network-view.ts";
import type { Snapshot } from "../core/reconcile/cloud-diff.ts";
import { referencesOf } from "../core/references.ts";
import type { Write } from "../core/write.ts";

/** A configuration in memory that takes the plugin's writes as the configuration API does: names, references, conflicts. */
export class HeldConfiguration {
  readonly #objects = new Map<string, JsonObject>();
  #made = 0;

  /** Objects of a type, in the order of their uuids. */
  list(type: string): readonly JsonObject[] {
    const own = [...this.#objects.values()].filter((object) => object.type === type);
    return own.toSorted((a, b) => (String(a.uuid) < String(b.uuid) ? -1 : 1));
  }

  /** Throws where the API would refuse. */
  write(write: Write): void {
    switch (write.kind) {
      case "create":
        this.create(write.type, write.object);
        return;
      case "update": {
        const before = this.#need(write.uuid);
        this.#objects.set(write.uuid, { ...before, ...this.#resolved(write.change) });
        return;
      }
      case "remove":
        this.#remove(write);
        return;
    }
  }

  create(type: string, object: JsonObject): string {
    const uuid = String(object.uuid ?? `00000000-0000-4000-8000-${String(++this.#made).padStart(12, "0")}`);
    const name = nameOf(object);
    if (this.#objects.has(uuid)) throw conflict(`${uuid} is there already`);
    if (this.list(type).some((other) => nameOf(other) === name)) throw conflict(`${type} ${name} is there already`);
    this.#objects.set(uuid, { ...this.#resolved(object), uuid, type });
    return uuid;
  }

  snapshot(): Snapshot {
    const machines = this.list("virtual-machine");
    return {
      domains: this.list("domain"),
      projects: this.list("project"),
      networks: this.list("virtual-network").filter(isOwnNetwork),
      interfaces: interfaceViews(this.list("virtual-machine-interface"), this.list("instance-ip")),
      machines: new Map(machines.map((one) => [String(one.uuid), one])),
    };
  }

  /** What the reconciler sees of one network under its lock. */
  view(networkId: string): NetworkView {
    const { networks, interfaces, machines } = this.snapshot();
    const network = networks.find((one) => annotationsOf(one).get(KEYS.networkId) === networkId);
    const own = interfaces.filter(({ vmi }) =>
      referencesOf(vmi, "virtual_network_refs").some(({ uuid }) => uuid === network?.uuid),
    );
    return { network, interfaces: own, machines };
  }

  #remove({ uuid, unlessUsed, onlyWith }: Extract<Write, { kind: "remove" }>): void {
    if (onlyWith !== undefined && !annotationsOf(this.#objects.get(uuid) ?? {}).has(onlyWith)) return;
    const users = [...this.#objects.values()].filter((other) =>
      Object.keys(other).some(
        (key) => key.endsWith("_refs") && referencesOf(other, key).some((to) => to.uuid === uuid),
      ),
    );
    if (users.length === 0) this.#objects.delete(uuid);
    else if (!unlessUsed) throw conflict(`${uuid} is used by ${users.map(nameOf).join(", ")}`);
  }

  #need(uuid: string): JsonObject {
    const object = this.#objects.get(uuid);
    if (object === undefined) throw new ContrailError("vnc.not_found", `there is no ${uuid}`);
    return object;
  }

  /** References by name get the uuid of the object of that name. */
  #resolved(object: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => {
        if (!key.endsWith("_refs") || key === "network_ipam_refs") return [key, value];
        const type = key.slice(0, -"_refs".length).replaceAll("_", "-");
        return [
          key,
          referencesOf(object, key).map((reference) => ({ ...reference, uuid: this.#target(type, reference) })),
        ];
      }),
    );
  }

  #target(type: string, { uuid, to }: JsonObject): string {
    if (uuid !== undefined) return String(uuid);
    const found = this.list(type).find((object) => nameOf(object) === nameOf({ fq_name: to ?? [] }));
    if (found === undefined) throw new Error(`there is no ${type} ${JSON.stringify(to)}`);
    return String(found.uuid);
  }
}

function conflict(message: string): ContrailError {
  return new ContrailError("vnc.conflict", message);
}

function nameOf({ fq_name: name }: JsonObject): string {
  return Array.isArray(name) ? name.join(":") : "";
}
