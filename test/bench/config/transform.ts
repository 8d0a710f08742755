import type { ConfigObject, JsonObject } from "@contrail/schema";
import { createTransformer, type DerivedObject } from "@contrail/transformer";

/** Networks of one policy. */
const NETWORKS_A_POLICY = 10;
const WARM = 50;

/**
 * Milliseconds of single changes in a world of so many networks and a tenth as many policies: from the change of a policy
 * until what follows is derived, written and nothing is pending. Rejects where a change has not its effect.
 */
export function transformTimes(networks: number, changes: number): readonly number[] {
  const world = new World();
  const policies = Math.ceil(networks / NETWORKS_A_POLICY);
  for (let index = 0; index < policies; index++) world.put(policy(index, 0));
  for (let index = 0; index < networks; index++) world.put(network(index));
  world.settle();
  const times: number[] = [];
  for (let change = 0; change < changes + WARM; change++) {
    const changed = policy((change * 7_919) % policies, change + 1);
    const startedAt = performance.now();
    world.put(changed);
    const written = world.settle();
    times.push(performance.now() - startedAt);
    if (written === 0) throw new Error("a policy was changed, and nothing followed");
  }
  return times.slice(WARM);
}

/** The store of a transformer: what it wants is written at once. */
class World {
  readonly #transformer = createTransformer();
  readonly #intents = new Map<string, ConfigObject>();

  put(object: ConfigObject): void {
    this.#intents.set(`${object.type} ${object.fqName.join(":")}`, object);
    this.#transformer.apply({ kind: "upsert", object });
  }

  /** Writes what is pending until nothing is; gives the number of writes. */
  settle(): number {
    for (let writes = 0; ; ) {
      const { upserts, links, removes } = this.#transformer.pending();
      if (upserts.length + links.length + removes.length === 0) return writes;
      writes += upserts.length + links.length + removes.length;
      for (const item of upserts) this.#transformer.apply({ kind: "upsert", object: stored(item) });
      for (const { type, fqName, toType, refs } of links) {
        const object = this.#intents.get(`${type} ${fqName.join(":")}`);
        if (object === undefined) continue;
        const kept = object.refs.filter((ref) => ref.toType !== toType || !ref.toUuid.startsWith("derived"));
        this.put({ ...object, refs: [...kept, ...refs.map((ref) => ({ ...ref, toUuid: `derived ${ref.toFqName}` }))] });
      }
      for (const { type, fqName } of removes) {
        this.#transformer.apply({ kind: "remove", type, uuid: `derived ${fqName}`, fqName, revision: 2n });
      }
    }
  }
}

function stored({ type, fqName, parentType, refs, properties }: DerivedObject): ConfigObject {
  const links = refs.map((ref) => ({ ...ref, toUuid: `derived ${ref.toFqName}` }));
  const rest = { parentUuid: undefined, revision: 1n, derived: true, epoch: 1n };
  return { type, uuid: `derived ${fqName}`, fqName, parentType, refs: links, properties, ...rest };
}

function intent(type: string, name: string, refs: ConfigObject["refs"], properties: JsonObject): ConfigObject {
  const rest = { parentType: "project", parentUuid: "project", revision: 1n, derived: false, epoch: 0n };
  return { type, uuid: `${type} ${name}`, fqName: ["d", "p", name], refs, properties, ...rest };
}

/** Two of the ten networks that have a policy talk by it. */
function policy(index: number, port: number): ConfigObject {
  const first = index * NETWORKS_A_POLICY;
  const rule = {
    direction: "<>",
    protocol: "tcp",
    src_addresses: [{ virtual_network: `d:p:n${first}` }],
    src_ports: [{ start_port: -1, end_port: -1 }],
    dst_addresses: [{ virtual_network: `d:p:n${first + 1}` }],
    dst_ports: [{ start_port: port, end_port: port }],
    action_list: { simple_action: "pass" },
  };
  return intent("network-policy", `policy${index}`, [], { network_policy_entries: { policy_rule: [rule] } });
}

function network(index: number): ConfigObject {
  const name = `policy${Math.floor(index / NETWORKS_A_POLICY)}`;
  const attr = { sequence: { major: 0, minor: 0 } };
  const refs = [{ toType: "network-policy", toUuid: `network-policy ${name}`, toFqName: ["d", "p", name], attr }];
  return intent("virtual-network", `n${index}`, refs, { virtual_network_network_id: index + 1 });
}
