import { ContrailError } from "@contrail/errors";
import {
  type HostSettings,
  type InterfaceRow,
  inApplicationOrder,
  type RouteRow,
  rowKey,
  rowProblem,
  type TableDelta,
} from "@contrail/forwarding";
import { AclStore } from "./acl-store.ts";
import { BpfError } from "./bpf-error.ts";
import { mapDelete, mapLookup, mapUpdate, mapUpdateMany } from "./bpf-syscall.ts";
import {
  goneNextHops,
  type Kernel,
  markFlowsGone,
  readGeneration,
  removeGoneFlows,
  writeGeneration,
} from "./kernel.ts";
import {
  addressKey,
  groupSetValue,
  nextHopValue,
  prefixKey,
  routeValue,
  SIZE,
  Struct,
  settingsValue,
  sourceValue,
  u32Key,
  VIF_SLOTS,
  vifValue,
  withPrimary,
} from "./layout.ts";
import { RowIndex } from "./row-index.ts";
import { Sources } from "./sources.ts";

/** A device that carries a program. */
export interface Attached {
  /** 0: it is not there. */
  readonly ifindex: number;
  /** The interface that it belonged to until now; 0: none. */
  readonly formerInterface: number;
}

/** How rows meet devices: attaches programs, and knows indexes. */
export interface DevicePort {
  attach(use: "machine" | "underlay" | "punt", device: string, interfaceId: number): Attached;
  orphan(ifindex: number, interfaceId: number): void;
  release(ifindex: number): void;
  hasPeer(ifindex: number): boolean;
}

/** What holds where the agent has said nothing yet, as PIPELINE.md has it. */
const DEFAULT_SETTINGS = settingsValue(
  {
    localAddress: 0,
    underlayDevice: "",
    underlayMtuBytes: 1_500,
    puntDevice: "",
    puntsPerSecond: 50,
    flowsPerInterface: 100_000,
  },
  0,
  0,
);

/** E2BIG, ENOMEM, ENOSPC. */
const NO_ROOM: ReadonlySet<number> = new Set([7, 12, 28]);

/** Writes rows to the kernel's maps, in the order that packets need. */
export class KernelTables {
  readonly index: RowIndex;
  readonly acls: AclStore;
  readonly #kernel: Kernel;
  readonly #devices: DevicePort;
  readonly #sources: Sources;
  readonly #interfaces = new Map<number, InterfaceRow>();
  /** Of the interfaces that the present batch removes: their flow entries go in one walk. */
  readonly #goneNextHops: number[] = [];
  #settings: HostSettings | undefined;
  #generation: number;

  constructor(kernel: Kernel, devices: DevicePort) {
    this.#kernel = kernel;
    this.#devices = devices;
    this.index = RowIndex.of(kernel);
    this.acls = new AclStore(kernel);
    this.#sources = Sources.of(kernel);
    this.#generation = readGeneration(kernel);
    if (this.#generation === 0) this.#nextGeneration();
    removeGoneFlows(kernel, goneNextHops(kernel)); // What an agent left that was killed while it removed interfaces.
    const settings = new Uint8Array(SIZE.settings);
    mapLookup(kernel.maps.settings, u32Key(0), settings);
    if (settings.every((byte) => byte === 0)) mapUpdate(kernel.maps.settings, u32Key(0), DEFAULT_SETTINGS);
  }

  /**
   * Applies a batch; the generation rises when all of it is there. Throws ContrailError "dataplane.bad_request" naming
   * the first row that cannot be held; the rows before it are applied. A row for which there is no room holds up no other:
   * with "dataplane.over_quota" all others are applied, and what refers to it drops.
   */
  apply(batch: readonly TableDelta[]): void {
    const full: TableDelta[] = [];
    try {
      let routes: RouteRow[] = [];
      for (const delta of inApplicationOrder(batch)) {
        const problem = rowProblem(delta);
        if (delta.kind === "route" && problem === undefined) {
          routes.push(delta.row);
          continue;
        }
        this.#writeRoutes(routes, full);
        routes = [];
        if (problem !== undefined || delta.kind === "route") throw badRequest(problem);
        this.#write(delta, full);
      }
      this.#writeRoutes(routes, full);
    } finally {
      removeGoneFlows(this.#kernel, this.#goneNextHops.splice(0));
      this.#nextGeneration();
    }
    if (full.length > 0) throw noRoom(full.map(rowKey));
  }

  /** Neither 0 nor the highest: bpf/flow.h has a meaning for both. */
  #nextGeneration(): void {
    this.#generation = (this.#generation % 0xfffffffe) + 1;
    writeGeneration(this.#kernel, this.#generation);
  }

  /** Devices came or went: brings records and programs in line with them. */
  refreshDevices(): void {
    if (this.#settings !== undefined) this.#writeSettings(this.#settings);
    for (const row of this.#interfaces.values()) this.#writeInterface(row);
  }

  deviceNames(): readonly string[] {
    return [...this.#interfaces.values()].map(({ device }) => device);
  }

  #write(delta: Exclude<TableDelta, { kind: "route" }>, full: TableDelta[]): void {
    try {
      this.#writeRow(delta);
    } catch (reason) {
      if (!isNoRoom(reason)) throw reason;
      full.push(delta);
      if (delta.kind === "acl") this.index.note({ kind: "acl-remove", id: delta.row.id });
      return;
    }
    this.index.note(delta);
  }

  #writeRow(delta: Exclude<TableDelta, { kind: "route" }>): void {
    const { maps } = this.#kernel;
    switch (delta.kind) {
      case "settings":
        this.#settings = delta.row;
        this.#writeSettings(delta.row);
        return;
      case "group-set":
        mapUpdate(maps.group_sets, u32Key(delta.row.id), groupSetValue(delta.row.groups));
        return;
      case "acl":
        this.acls.set(delta.row.id, delta.row.rules);
        return;
      case "next-hop":
        mapUpdate(maps.next_hops, u32Key(delta.row.id), nextHopValue(delta.row.action));
        return;
      case "interface":
        if (!this.index.has(delta)) this.#zeroCounters(delta.row.id);
        this.#interfaces.set(delta.row.id, delta.row);
        this.#writeInterface(delta.row);
        return;
      case "interface-address":
        mapUpdate(
          maps.sources,
          prefixKey(delta.row.interface, delta.row.prefix),
          sourceValue(delta.row.mac, delta.row.prefix),
        );
        this.#sources.set(delta.row.interface, delta.row.prefix, delta.row.mac);
        this.#writePrimary(delta.row.interface);
        return;
      case "tunnel-endpoint":
        mapUpdate(maps.tunnel_endpoints, addressKey(delta.row.address), u32Key(1));
        return;
      case "label":
        mapUpdate(maps.labels, u32Key(delta.row.label), u32Key(delta.row.nextHop));
        return;
      default:
        this.#remove(delta);
    }
  }

  #remove(delta: Extract<TableDelta, { kind: `${string}-remove` }>): void {
    const { maps } = this.#kernel;
    switch (delta.kind) {
      case "route-remove":
        mapDelete(maps.routes, prefixKey(delta.vrf, delta.prefix));
        return;
      case "label-remove":
        mapDelete(maps.labels, u32Key(delta.label));
        return;
      case "tunnel-endpoint-remove":
        mapDelete(maps.tunnel_endpoints, addressKey(delta.address));
        return;
      case "interface-address-remove":
        this.#sources.delete(delta.interface, delta.prefix);
        this.#writePrimary(delta.interface);
        mapDelete(maps.sources, prefixKey(delta.interface, delta.prefix));
        return;
      case "interface-remove":
        this.#removeInterface(delta.id);
        return;
      case "next-hop-remove":
        mapDelete(maps.next_hops, u32Key(delta.id));
        return;
      case "acl-remove":
        this.acls.delete(delta.id);
        return;
      case "group-set-remove":
        mapDelete(maps.group_sets, u32Key(delta.id));
        return;
    }
  }

  #writeRoutes(rows: readonly RouteRow[], full: TableDelta[]): void {
    const keys = new Uint8Array(rows.length * SIZE.prefixKey);
    const values = new Uint8Array(rows.length * SIZE.route);
    rows.forEach((row, index) => {
      keys.set(prefixKey(row.vrf, row.prefix), index * SIZE.prefixKey);
      values.set(routeValue(row), index * SIZE.route);
    });
    try {
      mapUpdateMany(this.#kernel.maps.routes, keys, values, rows.length);
      for (const row of rows) this.index.note({ kind: "route", row });
    } catch {
      for (const row of rows) this.#writeRoute(row, full);
    }
  }

  #writeRoute(row: RouteRow, full: TableDelta[]): void {
    const delta: TableDelta = { kind: "route", row };
    try {
      mapUpdate(this.#kernel.maps.routes, prefixKey(row.vrf, row.prefix), routeValue(row));
      this.index.note(delta);
    } catch (reason) {
      if (!isNoRoom(reason)) throw reason;
      full.push(delta);
    }
  }

  #writeSettings(row: HostSettings): void {
    const { maps } = this.#kernel;
    const before = new Uint8Array(SIZE.settings);
    mapLookup(maps.settings, u32Key(0), before);
    const { ifindex: underlay } = this.#devices.attach("underlay", row.underlayDevice, 0);
    const { ifindex: punt } = this.#devices.attach("punt", row.puntDevice, 0);
    mapUpdate(maps.settings, u32Key(0), settingsValue(row, underlay, punt));
    for (const former of [new Struct(before).getU32(4), new Struct(before).getU32(12)]) {
      if (former !== 0 && former !== underlay && former !== punt) this.#devices.release(former);
    }
  }

  #writeInterface(row: InterfaceRow): void {
    const { maps } = this.#kernel;
    const before = this.#readVif(row.id).getU32(4);
    // The record is there before the first frame can meet it.
    const primary = this.#sources.primary(row.id);
    const write = (ifindex: number): void => {
      const extras = { ifindex, peer: this.#devices.hasPeer(ifindex), primary };
      mapUpdate(maps.vifs, u32Key(row.id), vifValue(row, extras));
    };
    if (before === 0) write(0);
    const { ifindex, formerInterface } = this.#devices.attach("machine", row.device, row.id);
    if (formerInterface !== row.id) this.#loseDevice(formerInterface, ifindex);
    write(ifindex);
    if (before !== 0 && before !== ifindex) this.#devices.orphan(before, row.id);
  }

  /** A device belongs to one interface: programs take the first record that names it. */
  #loseDevice(id: number, ifindex: number): void {
    const vif = this.#readVif(id);
    if (id === 0 || vif.getU32(4) !== ifindex) return;
    mapUpdate(this.#kernel.maps.vifs, u32Key(id), vif.u32(4, 0).bytes);
  }

  #removeInterface(id: number): void {
    const { maps } = this.#kernel;
    const vif = this.#readVif(id);
    this.#interfaces.delete(id);
    if (vif.getU32(0) === 0) return;
    markFlowsGone(this.#kernel, vif.getU32(12));
    this.#goneNextHops.push(vif.getU32(12));
    this.#devices.orphan(vif.getU32(4), id);
    mapUpdate(maps.vifs, u32Key(id), new Uint8Array(SIZE.vif));
    for (const window of [id, VIF_SLOTS + id])
      mapUpdate(maps.punt_windows, u32Key(window), new Uint8Array(SIZE.puntWindow));
    this.#zeroCounters(id);
  }

  #writePrimary(id: number): void {
    const vif = this.#readVif(id);
    if (vif.getU32(0) === 0) return;
    mapUpdate(this.#kernel.maps.vifs, u32Key(id), withPrimary(vif.bytes, this.#sources.primary(id)));
  }

  #readVif(id: number): Struct {
    const value = new Uint8Array(SIZE.vif);
    mapLookup(this.#kernel.maps.vifs, u32Key(id), value);
    return new Struct(value);
  }

  #zeroCounters(id: number): void {
    mapUpdate(this.#kernel.maps.counters, u32Key(id), new Uint8Array(SIZE.counters * this.#kernel.cpus));
  }
}

function badRequest(problem: string | undefined): ContrailError {
  return new ContrailError("dataplane.bad_request", problem ?? "a row that cannot be held");
}

/** True where a row found no room, in its table or in memory. */
function isNoRoom(reason: unknown): boolean {
  return reason instanceof BpfError && NO_ROOM.has(reason.errno);
}

function noRoom(rows: readonly string[]): ContrailError {
  const others = rows.length === 1 ? "" : ` and ${rows.length - 1} more`;
  return new ContrailError("dataplane.over_quota", `the kernel's tables have no room for ${rows[0]}${others}`, {
    fields: { rows },
  });
}
