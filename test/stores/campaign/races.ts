import type { SeededRandom } from "@contrail/testkit/embedded";
import { type Answer, type ConfigPair, PROJECT } from "../config-pair.ts";
import { HistoryLog } from "./history-log.ts";
import { ObjectClient } from "./object-client.ts";
import { seededUuid } from "./round.ts";
import type { StoreWorld } from "./world.ts";

/** Calls that one node is sent at a time. */
const AT_A_TIME = 8;

/** What came of a race for revisions. */
export interface RevisionRace {
  /** Answers by status, a round each. */
  readonly rounds: readonly Readonly<Record<number, number>>[];
  readonly problems: readonly string[];
}

/** In each round all callers, at both nodes, update one object with the ETag that all of them have read. */
export async function raceForRevisions(
  { pair }: StoreWorld,
  random: SeededRandom,
  callers: number,
  rounds: number,
): Promise<RevisionRace> {
  const log = new HistoryLog();
  const uuid = seededUuid(random);
  const name = `race-${uuid}`;
  const names = [{ name, uuids: [uuid] }];
  const clients = Array.from({ length: callers }, (_, index) => new ObjectClient(`w${index}`, pair, log, names));
  const [first] = clients;
  await first?.create(0, name, uuid);
  const outcomes: Record<number, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const tag = await first?.read(round, name, uuid);
    const statuses = await Promise.all(clients.map((client, index) => client.update(index, name, uuid, tag)));
    const outcome: Record<number, number> = {};
    for (const status of statuses) outcome[status] = (outcome[status] ?? 0) + 1;
    outcomes.push(outcome);
  }
  for (const node of [0, 1]) await first?.read(node, name, uuid);
  return { rounds: outcomes, problems: [...log.problems(), ...log.refused] };
}

/** What came of a race for addresses. */
export interface AddressRace {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Addresses of the objects that the store holds, ascending. */
  readonly addresses: readonly string[];
}

/** Makes a network for races with one subnet. */
export function makeNetwork(pair: ConfigPair, name: string, prefixLength: number): Promise<string> {
  const attr = { ipam_subnets: [{ subnet: { ip_prefix: "10.128.0.0", ip_prefix_len: prefixLength } }] };
  const network_ipam_refs = [{ to: [...PROJECT, "default-network-ipam"], attr }];
  return pair.create(0, "virtual-network", [...PROJECT, name], { network_ipam_refs });
}

/** Every node is asked for so many objects with an address, all at once. */
export async function raceForAddresses(
  world: StoreWorld,
  network: string,
  perNode: number,
  mark: string,
): Promise<AddressRace> {
  const answers = await everywhere(world, perNode, (call, index) =>
    call("POST", "/instance-ips", {
      "instance-ip": { fq_name: [`${mark}-${index}`], virtual_network_refs: [{ uuid: network }] },
    }),
  );
  return { statuses: countStatuses(answers), addresses: [...(await addressesOf(world, network)).values()].toSorted() };
}

/** Removes every object with an address of a network, each at some node. Gives the answers by status. */
export async function giveAllBack(world: StoreWorld, network: string): Promise<Readonly<Record<number, number>>> {
  const uuids = [...(await addressesOf(world, network)).keys()];
  const nodes = 2 * (1 + world.more.length);
  const answers = await everywhere(world, Math.ceil(uuids.length / nodes), async (call, index) => {
    const uuid = uuids[index];
    return uuid === undefined ? undefined : call("DELETE", `/instance-ip/${uuid}`);
  });
  return countStatuses(answers);
}

/** Makes so many objects of a type at every node; gives the answers by status. */
export async function raceToCreate(
  world: StoreWorld,
  type: string,
  perNode: number,
  mark: string,
): Promise<Readonly<Record<number, number>>> {
  const answers = await everywhere(world, perNode, (call, index) =>
    call("POST", `/${type}s`, { [type]: { fq_name: [...PROJECT, `${mark}-${index}`] } }),
  );
  return countStatuses(answers);
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Runs so many calls at each node, some at a time; index: another one for each. */
async function everywhere(
  { pair, more }: StoreWorld,
  perNode: number,
  make: (call: Call, index: number) => Promise<Answer | undefined>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const nodes = [pair, ...more].flatMap((each) => [0, 1].map((node) => ({ each, node })));
  const callers = nodes.flatMap(({ each, node }, place) => {
    const call: Call = (method, path, body) => each.call(node, method, path, body);
    let next = 0;
    return Array.from({ length: AT_A_TIME }, async () => {
      while (next < perNode) {
        const answer = await make(call, place * perNode + next++);
        if (answer !== undefined) answers.push(answer);
      }
    });
  });
  await Promise.all(callers);
  return answers;
}

/** Addresses of a network's objects in the store, by the object's uuid. */
async function addressesOf({ store }: StoreWorld, network: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const { type, uuid, refs, properties } of store.all()) {
    if (type !== "instance-ip" || !refs.some(({ toUuid }) => toUuid === network)) continue;
    found.set(uuid, String(properties.instance_ip_address));
  }
  return found;
}

function countStatuses(answers: readonly Answer[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
