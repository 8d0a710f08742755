import { readFileSync } from "node:fs";
import { VncClient } from "@contrail/vnc-client";

/**
 * The least that an extension must do so that machines talk: `node vnc-extension.ts SOCKET COMMAND PAYLOAD 60` makes a
 * network's and a NIC's objects in the configuration node. It removes nothing: they go with the system of the test.
 */
const [socketPath = "", command = "", file = ""] = process.argv.slice(2);
const vnc = new VncClient({ socketPath });
const { payload } = JSON.parse(readFileSync(file, "utf8")) as { payload: Readonly<Record<string, string>> }; // As recorded.
const project = ["default-domain", "default-project"];
const network = [...project, `cs-net-${payload.network_id}`];

switch (command) {
  case "ensure-network-device":
    process.stdout.write('{"device":"none"}');
    break;
  case "implement-network":
    await makeNetwork();
    process.stdout.write(
      `{"network.broadcast_domain_type":"Lswitch","network.broadcast_uri":"lswitch:${network.at(-1)}"}`,
    );
    break;
  case "save-vm-data": // The first command that tells the machine's uuid.
    await makeNic();
    break;
  default:
}

async function makeNetwork(): Promise<void> {
  const [prefix = "", length = "24"] = (payload.cidr ?? "").split("/");
  const subnet = {
    subnet: { ip_prefix: prefix, ip_prefix_len: Number(length) },
    default_gateway: payload.gateway ?? "",
    dns_server_address: payload.extension_ip ?? "",
  };
  const ipam = { to: ["default-domain", "default-project", "default-network-ipam"], attr: { ipam_subnets: [subnet] } };
  await vnc.ensure("virtual-network", { fq_name: network, network_ipam_refs: [ipam] });
}

async function makeNic(): Promise<void> {
  const uuid = payload.nic_uuid ?? "";
  const reference = [{ to: network }];
  const machine = instanceId();
  await vnc.ensure("virtual-machine", { uuid: machine, fq_name: [machine] });
  await vnc.ensure("virtual-machine-interface", {
    uuid,
    fq_name: [...project, uuid],
    parent_type: "project",
    virtual_network_refs: reference,
    virtual_machine_refs: [{ to: [machine] }],
    virtual_machine_interface_mac_addresses: { mac_address: [payload.mac ?? ""] },
  });
  await vnc.ensure("instance-ip", {
    fq_name: [`address-of-${uuid}`],
    instance_ip_address: payload.ip ?? "",
    virtual_network_refs: reference,
    virtual_machine_interface_refs: [{ uuid }],
  });
}

function instanceId(): string {
  const data = payload.vm_data as unknown as readonly { readonly file: string; readonly content: string }[]; // As recorded.
  return data.find(({ file }) => file === "instance-id")?.content ?? "";
}
