/** What a command is about: how its payload is read and which plan it has. */
export type CommandKind = "device" | "network" | "interface" | "unsupported";

/** Every command that CloudStack 4.23 sends to an extension (NetworkExtensionElement.java, and the feature's README). */
const COMMANDS = {
  "ensure-network-device": "device",
  "implement-network": "network",
  "shutdown-network": "network",
  "destroy-network": "network",
  "restore-network": "network",
  "config-dhcp-subnet": "network",
  "remove-dhcp-subnet": "network",
  "config-dns-subnet": "network",
  "remove-dns-subnet": "network",
  "prepare-nic": "interface",
  "release-nic": "interface",
  "add-dhcp-entry": "interface",
  "remove-dhcp-entry": "interface",
  "set-dhcp-options": "unsupported",
  "add-dns-entry": "interface",
  "remove-dns-entry": "interface",
  "save-vm-data": "interface",
  "save-userdata": "interface",
  "save-password": "interface",
  "save-sshkey": "interface",
  "save-hypervisor-hostname": "unsupported",
  "implement-vpc": "unsupported",
  "shutdown-vpc": "unsupported",
  "update-vpc-source-nat-ip": "unsupported",
  "assign-ip": "unsupported",
  "release-ip": "unsupported",
  "add-static-nat": "unsupported",
  "delete-static-nat": "unsupported",
  "add-port-forward": "unsupported",
  "delete-port-forward": "unsupported",
  "apply-fw-rules": "unsupported",
  "apply-network-acl": "unsupported",
  "apply-lb-rules": "unsupported",
  "custom-action": "unsupported",
} as const satisfies Readonly<Record<string, CommandKind>>;

export type CommandName = keyof typeof COMMANDS;
type NamesOf<K extends CommandKind> = { [N in CommandName]: (typeof COMMANDS)[N] extends K ? N : never }[CommandName];
export type NetworkCommand = NamesOf<"network">;
export type InterfaceCommand = NamesOf<"interface">;

/** A command by its name; undefined for a name that is none. */
export type Command =
  | { readonly kind: "device"; readonly name: "ensure-network-device" }
  | { readonly kind: "network"; readonly name: NetworkCommand }
  | { readonly kind: "interface"; readonly name: InterfaceCommand }
  | { readonly kind: "unsupported"; readonly name: CommandName };

/** The command of a name. */
export function commandOf(name: string): Command | undefined {
  if (!Object.hasOwn(COMMANDS, name)) return undefined;
  const known = name as CommandName; // Own keys of the table are its names.
  return { kind: COMMANDS[known], name: known } as Command; // The table pairs each name with its kind.
}
