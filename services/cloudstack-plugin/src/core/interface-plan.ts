import type { JsonObject } from "@contrail/schema";
import { type AnnotationChange, annotated, annotationsOf, KEYS } from "./annotations.ts";
import { addressName, type InterfaceView } from "./network-view.ts";
import { referredUuids } from "./references.ts";
import { mend, ownedBy, type Write } from "./write.ts";

/** What is wanted of one interface; absent: as it is. */
export interface WantedInterface {
  readonly uuid: string;
  /** fq_name of its network. */
  readonly network: readonly string[];
  readonly mac?: string | undefined;
  readonly ip?: string | undefined;
  readonly hostname?: string | undefined;
  readonly machineUuid?: string | undefined;
  /** What its machine is called; hostname where absent. */
  readonly machineName?: string | undefined;
  /** uuid of the project that it belongs to. */
  readonly owner?: string | undefined;
  /** The same of its machine, which may have interfaces in networks of others. */
  readonly machineOwner?: string | undefined;
  /** True: the interface is a port of another network, and is to be one of this. */
  readonly isMisplaced?: boolean;
  readonly annotations: AnnotationChange;
}

/**
 * The writes that make or mend an interface with its machine and address. machines: those that are there, by uuid. One that is
 * moved to its network leaves all addresses of the other one behind, also further ones, and keeps what else it has.
 */
export function planInterface(
  wanted: WantedInterface,
  view: InterfaceView | undefined,
  machines: ReadonlyMap<string, JsonObject>,
): readonly Write[] {
  const isMoved = wanted.isMisplaced === true;
  return [
    ...planMachine(wanted, machines),
    ...(isMoved && view !== undefined ? removeAddresses(view) : []),
    ...(view === undefined ? [createInterface(wanted)] : mendInterface(wanted, view.vmi)),
    ...planAddress(wanted, isMoved ? undefined : view?.address),
  ];
}

/**
 * The writes that take an interface away, with its address, and with its machine where it was the last one. The machine
 * goes before the interface, which names it until then: removals that broke off are found again.
 */
export function removeInterface(view: InterfaceView): readonly Write[] {
  const { vmi } = view;
  const referred = referredUuids(vmi, "virtual_machine_refs");
  const machine = referred[0] ?? annotationsOf(vmi).get(KEYS.leavingMachine);
  const letGo: AnnotationChange = { [KEYS.leavingMachine]: machine };
  return [
    ...removeAddresses(view),
    ...(referred.length === 0 ? [] : mend("virtual-machine-interface", vmi, { virtual_machine_refs: [] }, letGo)),
    ...(machine === undefined
      ? []
      : [
          { kind: "remove", type: "virtual-machine", uuid: machine, unlessUsed: true, onlyWith: KEYS.machine } as const,
        ]),
    remove("virtual-machine-interface", vmi),
  ];
}

function removeAddresses({ address, secondary }: InterfaceView): readonly Write[] {
  return [...(address === undefined ? [] : [address]), ...secondary].map((one) => remove("instance-ip", one));
}

/** A machine that another door of CloudStack's made stays as it is. */
function planMachine(
  { machineUuid: uuid, machineOwner, machineName, hostname }: WantedInterface,
  machines: ReadonlyMap<string, JsonObject>,
): readonly Write[] {
  if (uuid === undefined) return [];
  const before = machines.get(uuid);
  const properties = namedAndOwned(machineName ?? hostname, machineOwner, before ?? {});
  if (before !== undefined) {
    return annotationsOf(before).has(KEYS.machine) ? mend("virtual-machine", before, properties, {}) : [];
  }
  const object = { uuid, fq_name: [uuid], ...properties, annotations: annotated(new Map(), { [KEYS.machine]: uuid }) };
  return [{ kind: "create", type: "virtual-machine", object }];
}

function namedAndOwned(hostname: string | undefined, owner: string | undefined, before: JsonObject): JsonObject {
  return {
    ...(hostname === undefined ? {} : { display_name: hostname }),
    ...(owner === undefined ? {} : { perms2: ownedBy(owner, before) }),
  };
}

function createInterface(wanted: WantedInterface): Write {
  const project = wanted.network.slice(0, -1);
  const state: AnnotationChange = { [KEYS.nicState]: "prepared" };
  const object: JsonObject = {
    uuid: wanted.uuid,
    fq_name: [...project, wanted.uuid],
    parent_type: "project",
    virtual_network_refs: [{ to: wanted.network }],
    ...ownProperties(wanted, {}),
    ...(wanted.machineUuid === undefined ? {} : machineReference(wanted.machineUuid)),
    annotations: annotated(new Map(), { ...state, ...wanted.annotations }),
  };
  return { kind: "create", type: "virtual-machine-interface", object };
}

function mendInterface(wanted: WantedInterface, vmi: JsonObject): readonly Write[] {
  const { machineUuid } = wanted;
  const has = machineUuid !== undefined && referredUuids(vmi, "virtual_machine_refs").includes(machineUuid);
  const reference = machineUuid === undefined || has ? {} : machineReference(machineUuid);
  const network = wanted.isMisplaced === true ? { virtual_network_refs: [{ to: wanted.network }] } : {};
  const properties = { ...network, ...ownProperties(wanted, vmi), ...reference };
  return mend("virtual-machine-interface", vmi, properties, wanted.annotations);
}

function ownProperties({ mac, hostname, owner }: WantedInterface, before: JsonObject): JsonObject {
  return {
    ...(mac === undefined ? {} : { virtual_machine_interface_mac_addresses: { mac_address: [mac] } }),
    ...namedAndOwned(hostname, owner, before),
  };
}

/** By uuid: a machine that another door of CloudStack's made has a name of its own. */
function machineReference(uuid: string): JsonObject {
  return { virtual_machine_refs: [{ uuid }] };
}

/** An address is never changed: another one is another object. */
function planAddress(wanted: WantedInterface, before: JsonObject | undefined): readonly Write[] {
  const { ip, uuid, network } = wanted;
  if (ip === undefined || before?.instance_ip_address === ip) return [];
  const object: JsonObject = {
    fq_name: [addressName(uuid)],
    instance_ip_address: ip,
    virtual_network_refs: [{ to: network }],
    virtual_machine_interface_refs: [{ uuid }],
  };
  return [
    ...(before === undefined ? [] : [remove("instance-ip", before)]),
    { kind: "create", type: "instance-ip", object },
  ];
}

/**
 * The annotations of an interface whose machine has stopped. A host forgets what its machines fetched, and the next start may
 * be on another one: the password goes, unless no start has had it yet.
 */
export function releasedNic(view: InterfaceView | undefined): AnnotationChange {
  const isKept = annotationOf(view, KEYS.passwordKept) !== undefined;
  return { [KEYS.nicState]: "released", ...(isKept ? { [KEYS.passwordHost]: undefined } : NO_PASSWORD) };
}

/** The change that takes a password away, with what was noted of it. */
export const NO_PASSWORD: AnnotationChange = { [KEYS.password]: undefined, [KEYS.passwordHost]: undefined };

/** The change that sets a password; where its machine runs is to be noted anew, unless it is the one that is there already. */
export function newPassword(password: string, view: InterfaceView | undefined): AnnotationChange {
  const isSame = annotationOf(view, KEYS.password) === password;
  return { [KEYS.password]: password, ...(isSame ? {} : { [KEYS.passwordHost]: undefined }) };
}

/** The annotation's value; undefined where there is none. */
export function annotationOf(view: InterfaceView | undefined, key: string): string | undefined {
  return view === undefined ? undefined : annotationsOf(view.vmi).get(key);
}

function remove(type: string, object: JsonObject): Write {
  return { kind: "remove", type, uuid: String(object.uuid), unlessUsed: false };
}
