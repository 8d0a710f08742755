import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ContrailError } from "@contrail/errors";
import { runIp, runIpBatch } from "@contrail/netns";
import { guestDirectory } from "./guest-files.ts";
import { callSocket } from "./json-over-socket.ts";
import { inNamespace, nsenter } from "./namespace.ts";

/** A NIC of a machine, as it is plugged into a host. */
export interface NicPlug {
  /** Namespace of the machine, and of the host. */
  readonly namespace: string;
  readonly hostNamespace: string;
  /** Name of the cable's end inside the machine, and on the host: at most 15 octets. */
  readonly inside: string;
  readonly device: string;
  readonly mac: string;
  /** Address that the agent shows until it knows better. */
  readonly address: string;
  /** uuids of virtual-machine-interface and virtual-machine. */
  readonly interfaceUuid: string;
  readonly machineUuid: string;
  readonly machineName: string;
  /** Unix socket of the host's port API. */
  readonly portSocket: string;
  /** True where the data plane needs whole checksums and no large frames: the TypeScript engine. */
  readonly plainFrames: boolean;
}

const DHCP_DEADLINE_MS = 30_000;

/** Cable, port API's call, and the device up: last, since before the agent knows it the host's own stack would hear it. */
export async function plugNic(nic: NicPlug): Promise<void> {
  const peer = ["peer", "name", nic.inside, "netns", nic.namespace, "address", nic.mac];
  await runIp(["link", "add", nic.device, "netns", nic.hostNamespace, "type", "veth", ...peer]);
  await runIpBatch([`link set ${nic.device} up`], nic.hostNamespace);
  if (nic.plainFrames) inNamespace(nic.namespace, [process.execPath, programPath("plain-frames-main"), nic.inside]);
  await callSocket(nic.portSocket, "POST", "/port", {
    id: nic.interfaceUuid,
    "instance-id": nic.machineUuid,
    "display-name": nic.machineName,
    "ip-address": nic.address,
    "mac-address": nic.mac,
    "system-name": nic.device,
    type: 0,
    "rx-vlan-id": -1,
    "tx-vlan-id": -1,
  });
  await runIpBatch([`link set ${nic.inside} up`], nic.namespace);
}

/** Takes a NIC from its host: the port first, then the cable, which may be gone with its machine. */
export async function unplugNic(
  nic: Pick<NicPlug, "interfaceUuid" | "portSocket" | "hostNamespace" | "device">,
): Promise<void> {
  await callSocket(nic.portSocket, "DELETE", `/port/${nic.interfaceUuid}`);
  await runIp(["link", "del", nic.device], nic.hostNamespace).catch(() => {}); // No cable is no fault.
}

/** How a machine asks for its address. */
export interface AcquireOptions {
  /** Environment of the client's process. */
  readonly env?: NodeJS.ProcessEnv;
  /** False for NICs that are not the default one: the router is then left alone. */
  readonly defaultRoute?: boolean;
}

/** Runs the DHCP client in a machine until a device has its address. Rejects with "machine.unavailable" after 30 s. */
export function acquireAddress(namespace: string, device: string, options: AcquireOptions = {}): Promise<void> {
  const flags = options.defaultRoute === false ? ["no-default-route"] : [];
  const client = [process.execPath, programPath("dhcp-client-main"), device, guestDirectory(namespace), ...flags];
  const [command = "", ...args] = nsenter(namespace, client);
  return new Promise((resolve, reject) => {
    const settings = { timeout: DHCP_DEADLINE_MS, ...(options.env === undefined ? {} : { env: options.env }) };
    execFile(command, args, settings, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new ContrailError("machine.unavailable", stderr.trim() || "no answer to DHCP in 30 s"));
    });
  });
}

/** A program that runs inside machines: beside this file, in a bundle as in the sources. */
function programPath(name: "dhcp-client-main" | "plain-frames-main"): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
}
