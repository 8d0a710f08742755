import type { Bus } from "@contrail/bus";
import { type ConfigObject, canonicalText, type JsonValue, objectTypes, parseJson } from "@contrail/schema";
import type { ObjectStore } from "@contrail/store";
import { findOrphans } from "@contrail/test-contract";
import { eventually } from "@contrail/testkit/embedded";
import type { ConfigPair } from "../config-pair.ts";
import { differences, replayLog } from "./log-replay.ts";
import { isStale } from "./recorded-call.ts";

const SETTLED_MS = 240_000;
const SHOWN = 5;

/** What the invariants are looked for in. */
export interface Evidence {
  readonly pair: ConfigPair;
  readonly store: ObjectStore;
  readonly bus: Bus;
  /** The log's end before the first write to the keyspace; nobody else writes to the bus meanwhile. */
  readonly from: bigint;
}

/** What held. */
export interface Invariants {
  readonly objects: number;
  /** Numbers and addresses that were compared. */
  readonly numbers: number;
  /** A line for each that does not hold. */
  readonly problems: readonly string[];
}

/**
 * Waits until everything is published and derived, then compares: what a reader of the log has with the store, what each
 * node shows with the other, every number with every other, and looks for links that lead nowhere.
 */
export async function checkInvariants({ pair, store, bus, from }: Evidence): Promise<Invariants> {
  await eventually("nodes at rest", SETTLED_MS, async () => {
    const all = await Promise.all([pair.status(0), pair.status(1)]);
    return (
      all.filter(({ leading }) => leading).length === 1 &&
      all.every(({ derivedPending, unpublished }) => derivedPending === 0 && unpublished === 0)
    );
  });
  const stored = new Map<string, ConfigObject>();
  for await (const object of store.all()) stored.set(object.uuid, object);
  const lost = differences(stored, await replayLog(bus, from));
  const numbers = [...numbersIn(stored.values())];
  const twice = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  const problems = [
    ...lost.slice(0, SHOWN),
    ...(lost.length > SHOWN ? [`and ${lost.length - SHOWN} more differ between log and store`] : []),
    ...twice.map((number) => `${number} is given twice`),
    ...(await findOrphans(store)).problems,
    ...(await compareNodes(pair, stored)),
  ];
  return { objects: stored.size, numbers: numbers.length, problems };
}

/** Each number that an object holds, with its pool; one that two hold comes twice. */
function* numbersIn(objects: Iterable<ConfigObject>): Iterable<string> {
  for (const { type, properties, refs } of objects) {
    const network = refs.find(({ toType }) => toType === "virtual-network")?.toUuid;
    if (properties.instance_ip_address !== undefined)
      yield `${network} ${canonicalText(properties.instance_ip_address)}`;
    for (const name of ["virtual_network_network_id", "security_group_id"]) {
      if (properties[name] !== undefined) yield `${name} ${canonicalText(properties[name])}`;
    }
    // Its own route target: others that it imports or exports say so in the reference.
    if (type !== "routing-instance") continue;
    const own = refs.filter(({ toType, attr }) => toType === "route-target" && canonicalText(attr) === "{}");
    for (const { toUuid } of own) yield `route-target ${toUuid}`;
  }
}

/** Lists every type at both nodes. */
async function compareNodes(pair: ConfigPair, stored: ReadonlyMap<string, ConfigObject>): Promise<readonly string[]> {
  const problems: string[] = [];
  const shown = new Set<string>();
  for (const { name } of objectTypes()) {
    const [one, other] = await Promise.all([0, 1].map((node) => listed(pair, node, name)));
    if (canonicalText(one) !== canonicalText(other)) problems.push(`the nodes show different objects of ${name}`);
    for (const { uuid } of one ?? []) shown.add(uuid);
  }
  const missing = [...stored.keys()].filter((uuid) => !shown.has(uuid));
  if (missing.length > 0) problems.push(`${missing.length} objects of the store are in no node's list: ${missing[0]}`);
  if (shown.size > stored.size) problems.push(`the nodes show ${shown.size - stored.size} objects more than there are`);
  return problems;
}

type Shown = { readonly uuid: string } & { readonly [key: string]: JsonValue };

/** The objects of a type as a node shows them, once it says that they are the newest. */
async function listed(pair: ConfigPair, node: number, type: string): Promise<readonly Shown[]> {
  let found: readonly Shown[] = [];
  await eventually(`a list of ${type} that is not old`, SETTLED_MS, async () => {
    const answer = await pair.call(node, "GET", `/${type}s?detail=True&exclude_hrefs=1`);
    if (answer.status !== 200 || isStale(answer)) return false;
    // As the route answers.
    const body = parseJson(answer.text) as Record<string, Record<string, Shown>[]>;
    found = (body[`${type}s`] ?? []).flatMap((entry) => entry[type] ?? []);
    return true;
  });
  return found;
}
