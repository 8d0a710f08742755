import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import { acquireAddress, callSocket, makeNamespace, nsenter, plugNic, removeNamespace } from "@contrail/machine";
import type { JsonObject } from "@contrail/schema";
import type { VncClient } from "@contrail/vnc-client";
import { childEnvironment } from "../config.ts";
import { HOSTS, MACHINE_PREFIX } from "./layout.ts";

/** What is asked of a machine. */
export interface MachineRequest {
  readonly name: string;
  /** fq_name of its network, joined by ':'. */
  readonly network: string;
  readonly host?: string;
  /** fq_names joined by ':'; none where empty. */
  readonly securityGroups?: readonly string[];
  /** An address of the network; any where absent. */
  readonly address?: string;
}

/** A machine as it is. */
export interface Machine {
  readonly name: string;
  readonly host: string;
  readonly network: string;
  readonly namespace: string;
  readonly machineUuid: string;
  readonly interfaceUuid: string;
  readonly addressUuid: string;
  readonly address: string;
  readonly mac: string;
  readonly device: string;
  readonly securityGroups: readonly string[];
}

/** What machines are made with. */
export interface MachinesOptions {
  readonly vnc: VncClient;
  /** File of the machines that were asked for. */
  readonly file: string;
  /** Unix socket of a host's port API. */
  readonly portSocket: (host: string) => string;
  /** True where the data plane needs plain checksums: the TypeScript engine. */
  readonly plainFrames: boolean;
}

/** The configuration node gives an instance-ip no address then. */
function noSubnet(network: string): ContrailError {
  const advice = `give it network_ipam_refs with ipam_subnets, as README.md shows: contrail api edit virtual-network ${network}`;
  return new ContrailError("machine.bad_request", `network ${network} has no subnet; ${advice}`);
}

/** How a machine is made again as it was. */
function anew({ name, network, host, securityGroups }: Machine): string {
  const groups = securityGroups.map((group) => ` --security-group ${group}`).join("");
  return `make it anew: contrail machine rm ${name}, then contrail machine add ${name} --network ${network} --host ${host}${groups}`;
}

const NO_ADDRESS = "machine.unavailable";
const NAME = /^[a-z0-9][a-z0-9-]{0,40}$/;

/** Machines of the embedded system: a namespace each, plugged into a host by the agent's port API, addressed by DHCP. */
export class Machines {
  readonly #options: MachinesOptions;
  readonly #machines = new Map<string, Machine>();
  readonly #problems = new Map<string, string>();

  constructor(options: MachinesOptions) {
    this.#options = options;
  }

  list(): readonly Machine[] {
    return [...this.#machines.values()];
  }

  /** Why a machine is without network; undefined where it is not. */
  problem(name: string): string | undefined {
    return this.#problems.get(name);
  }

  find(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine !== undefined) return machine;
    throw new ContrailError("machine.not_found", `there is no machine ${name}; see: contrail machine list`);
  }

  /** Makes a machine and waits for its address. What was made is removed again where a step fails. */
  async add(request: MachineRequest): Promise<Machine> {
    const host = this.#check(request);
    const { vnc } = this.#options;
    const networkUuid = await vnc.find("virtual-network", request.network.split(":"));
    if (networkUuid === undefined) {
      throw new ContrailError(
        "machine.not_found",
        `there is no network ${request.network}; see: contrail api list virtual-network`,
      );
    }
    const made = await this.#makeObjects(request, host, networkUuid);
    this.#machines.set(made.name, made);
    try {
      await this.#plug(made);
      await this.#acquire(made);
    } catch (reason) {
      await this.remove(made.name).catch(() => {}); // The first fault is the one to be told.
      const { code, message } = ContrailError.from(reason);
      if (code !== NO_ADDRESS) throw reason;
      throw new ContrailError(code, `${made.name} ${message}; see: contrail status`, { cause: reason });
    }
    this.#save();
    return made;
  }

  /** Unplugs and removes a machine with its objects; missing parts are no fault. */
  async remove(name: string): Promise<void> {
    const machine = this.find(name);
    await this.#unplug(machine.host, machine.interfaceUuid);
    await removeNamespace(machine.namespace);
    await this.#removeObjects([
      ["instance-ip", machine.addressUuid],
      ["virtual-machine-interface", machine.interfaceUuid],
      ["virtual-machine", machine.machineUuid],
    ]);
    this.#machines.delete(name);
    this.#problems.delete(name);
    this.#save();
  }

  /** Makes the machines of the file again, after a start. One that cannot be made is told, and stays to be removed. */
  async restore(tell: (text: string) => void): Promise<void> {
    if (!existsSync(this.#options.file)) return;
    for (const machine of JSON.parse(readFileSync(this.#options.file, "utf8")) as Machine[]) {
      this.#machines.set(machine.name, machine);
      try {
        await this.#checkConfigured(machine);
        await this.#plug(machine);
        await this.#acquire(machine);
      } catch (reason) {
        const problem = `it ${ContrailError.from(reason).message}; ${anew(machine)}`;
        this.#problems.set(machine.name, problem);
        tell(`machine ${machine.name} is without network: ${problem}`);
      }
    }
  }

  /** A backup of before the machine's time may have been put back: nothing would answer it. */
  async #checkConfigured({ interfaceUuid, host }: Machine): Promise<void> {
    const isThere = await this.#options.vnc.readIfThere("virtual-machine-interface", interfaceUuid).then(
      (port) => port !== undefined,
      () => true, // Not known: its DHCP will show.
    );
    if (isThere) return;
    await this.#unplug(host, interfaceUuid).catch(() => {}); // So that its agent does not wait for the port's configuration.
    throw new ContrailError("machine.conflict", "has no port in the configuration any more");
  }

  /** The command that runs another one inside a machine. */
  command(name: string, command: readonly string[]): readonly string[] {
    return nsenter(this.find(name).namespace, command);
  }

  #check({ name, host }: MachineRequest): string {
    if (!NAME.test(name))
      throw new ContrailError("machine.bad_request", `${name}: 1 to 41 of a-z, 0-9 and - are wanted`);
    if (this.#machines.has(name)) throw new ContrailError("machine.conflict", `machine ${name} exists`);
    const hosts: readonly string[] = HOSTS;
    if (host !== undefined && !hosts.includes(host)) {
      throw new ContrailError("machine.not_found", `there is no host ${host}; hosts are ${HOSTS.join(", ")}`);
    }
    return host ?? hosts[this.#machines.size % hosts.length] ?? "host1";
  }

  async #makeObjects(request: MachineRequest, host: string, networkUuid: string): Promise<Machine> {
    const { vnc } = this.#options;
    const made: [type: string, uuid: string][] = [];
    const create = async (type: string, content: JsonObject): Promise<string> => {
      const uuid = await vnc.create(type, content);
      made.unshift([type, uuid]);
      return uuid;
    };
    try {
      return await this.#describe(request, host, await this.#createObjects(request, networkUuid, create));
    } catch (reason) {
      await this.#removeObjects(made).catch(() => {}); // The first fault is the one to be told.
      throw reason;
    }
  }

  /** The uuids of virtual-machine, virtual-machine-interface and instance-ip. */
  async #createObjects(
    request: MachineRequest,
    networkUuid: string,
    create: (type: string, content: JsonObject) => Promise<string>,
  ): Promise<readonly [machine: string, port: string, address: string]> {
    const project = request.network.split(":").slice(0, -1);
    const machineUuid = await create("virtual-machine", {
      fq_name: [`machine-${request.name}-${randomUUID()}`],
      display_name: request.name,
    });
    const interfaceUuid = await create("virtual-machine-interface", {
      fq_name: [...project, `${request.name}-${machineUuid}`],
      parent_type: "project",
      display_name: request.name,
      virtual_network_refs: [{ uuid: networkUuid }],
      virtual_machine_refs: [{ uuid: machineUuid }],
      security_group_refs: (request.securityGroups ?? []).map((group) => ({ to: group.split(":") })),
    });
    const address: JsonObject = request.address === undefined ? {} : { instance_ip_address: request.address };
    const addressUuid = await create("instance-ip", {
      fq_name: [`${request.name}-${interfaceUuid}`],
      virtual_network_refs: [{ uuid: networkUuid }],
      virtual_machine_interface_refs: [{ uuid: interfaceUuid }],
      ...address,
    });
    return [machineUuid, interfaceUuid, addressUuid];
  }

  /** What the configuration node has given the machine. */
  async #describe(
    request: MachineRequest,
    host: string,
    [machineUuid, interfaceUuid, addressUuid]: readonly [string, string, string],
  ): Promise<Machine> {
    const { vnc } = this.#options;
    const vmi = await vnc.read("virtual-machine-interface", interfaceUuid);
    const ip = await vnc.read("instance-ip", addressUuid);
    if (ip.instance_ip_address === undefined) throw noSubnet(request.network);
    const macs = vmi.virtual_machine_interface_mac_addresses as { mac_address?: readonly string[] } | undefined; // MacAddressesType.
    return {
      name: request.name,
      host,
      network: request.network,
      namespace: `${MACHINE_PREFIX}${request.name}`,
      machineUuid,
      interfaceUuid,
      addressUuid,
      address: String(ip.instance_ip_address),
      mac: macs?.mac_address?.[0] ?? "",
      device: `tap${interfaceUuid.slice(0, 11)}`,
      securityGroups: request.securityGroups ?? [],
    };
  }

  /** Removes objects in the order given; missing ones are no fault. */
  async #removeObjects(objects: readonly (readonly [type: string, uuid: string])[]): Promise<void> {
    for (const [type, uuid] of objects) {
      await this.#options.vnc.remove(type, uuid).catch((reason: unknown) => {
        if (ContrailError.from(reason).code !== "vnc.not_found") throw reason;
      });
    }
  }

  async #unplug(host: string, interfaceUuid: string): Promise<void> {
    await callSocket(this.#options.portSocket(host), "DELETE", `/port/${interfaceUuid}`);
  }

  /** Namespace, cable, and the port API's call, as a dom0 would make it. */
  async #plug(machine: Machine): Promise<void> {
    await makeNamespace(machine.namespace);
    await plugNic({
      namespace: machine.namespace,
      hostNamespace: `oc-${machine.host}`,
      inside: "eth0",
      device: machine.device,
      mac: machine.mac,
      address: machine.address,
      interfaceUuid: machine.interfaceUuid,
      machineUuid: machine.machineUuid,
      machineName: machine.name,
      portSocket: this.#options.portSocket(machine.host),
      plainFrames: this.#options.plainFrames,
    });
  }

  /** Runs the DHCP client in the machine until it has an address. */
  async #acquire(machine: Machine): Promise<void> {
    try {
      await acquireAddress(machine.namespace, "eth0", { env: childEnvironment() });
    } catch (reason) {
      throw new ContrailError(NO_ADDRESS, `got no address: ${ContrailError.from(reason).message}`, { cause: reason });
    }
  }

  #save(): void {
    writeFileSync(`${this.#options.file}.new`, JSON.stringify(this.list()), { mode: 0o600 });
    renameSync(`${this.#options.file}.new`, this.#options.file);
  }
}
