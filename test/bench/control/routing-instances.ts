import type { ConfigObject } from "@contrail/schema";
import { AUTONOMOUS_SYSTEM } from "./speaker-under-test.ts";

const PROJECT = ["default-domain", "bench"];

/**
 * Sets of attributes that a routing instance imports: that of its own number, and that of its partner. Instances are
 * connected two by two, so that each route is in two of them.
 */
export function importedSets(instance: number): readonly number[] {
  return [instance, instance ^ 1];
}

/** Networks with their instances as the transformer leaves them; a policy joins each of an even number to the next. */
export function connectedNetworks(instances: number): readonly ConfigObject[] {
  return networks(instances, (number) => (number % 2 === 0 && number + 1 < instances ? [number + 1] : []));
}

/** Networks with their instances, each on its own: each route is in one of them. */
export function separateNetworks(instances: number): readonly ConfigObject[] {
  return networks(instances, () => []);
}

/** A machine in each of these networks, on whatever host says so: agents have routes where they have machines. */
export function machines(networks: number): readonly ConfigObject[] {
  return Array.from({ length: networks }, (_, number) => {
    const [machine, network] = [machineOf(instanceName(number)), `virtual-network-${number}`];
    const refs = [
      { toType: "virtual-machine", toUuid: machine, toFqName: [machine], attr: null },
      { toType: "virtual-network", toUuid: network, toFqName: [...PROJECT, `network${number}`], attr: null },
    ];
    return [
      { ...object("virtual-machine", number, { fqName: [machine] }), uuid: machine },
      object("virtual-machine-interface", number, { fqName: [...PROJECT, `interface${number}`], refs }),
    ];
  }).flat();
}

/** UUID of the machine in an instance's network. */
export function machineOf(instance: string): string {
  return `machine in ${instance}`;
}

/** fq_name of an instance as agents and introspect say it. */
export function instanceName(number: number): string {
  return fqNameOf(number).join(":");
}

function networks(instances: number, connected: (number: number) => readonly number[]): readonly ConfigObject[] {
  return Array.from({ length: instances }, (_, number) => [
    object("virtual-network", number, {
      fqName: [...PROJECT, `network${number}`],
      properties: { virtual_network_network_id: number + 1 },
    }),
    object("routing-instance", number, {
      fqName: fqNameOf(number),
      parentType: "virtual-network",
      parentUuid: `virtual-network-${number}`,
      refs: [
        { toType: "route-target", toUuid: `target-${number}`, toFqName: [targetText(number)], attr: null },
        ...connected(number).map((other) => ({
          toType: "routing-instance",
          toUuid: `routing-instance-${other}`,
          toFqName: fqNameOf(other),
          attr: null,
        })),
      ],
      properties: { routing_instance_is_default: true },
    }),
  ]).flat();
}

function fqNameOf(number: number): readonly string[] {
  return [...PROJECT, `network${number}`, `network${number}`];
}

function targetText(set: number): string {
  return `target:${AUTONOMOUS_SYSTEM}:${set}`;
}

function object(
  type: string,
  number: number,
  more: Partial<ConfigObject> & Pick<ConfigObject, "fqName">,
): ConfigObject {
  const none = { parentType: undefined, parentUuid: undefined, refs: [], properties: {} };
  return { type, uuid: `${type}-${number}`, revision: 1n, derived: false, epoch: 0n, ...none, ...more };
}
