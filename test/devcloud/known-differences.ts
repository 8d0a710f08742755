import type { Recording } from "./recordings.ts";
import { differences } from "./shape.ts";

/** Members by which answers of some commands differ from their recordings, and why that is right. */
interface Known {
  readonly commands: readonly string[];
  /** Paths below the answer's root key, or of a job below jobresult. */
  readonly members: readonly string[];
  readonly why: string;
}

const STATISTICS = [
  ...["cpuused", "networkkbsread", "networkkbswrite", "diskkbsread", "diskkbswrite", "diskioread", "diskiowrite"],
  ...["memorykbs", "memoryintfreekbs", "memorytargetkbs"],
].map((name) => `virtualmachine.${name}`);

const KNOWN: readonly Known[] = [
  {
    commands: [
      ...["listVirtualMachines", "rebootVirtualMachine", "stopVirtualMachine", "updateVirtualMachine"],
      ...["changeServiceForVirtualMachine", "resetPasswordForVirtualMachine", "resetSSHKeyForVirtualMachine"],
      ...["startVirtualMachine", "migrateVirtualMachine"],
    ],
    members: STATISTICS,
    why: "counted by the hypervisor's collector, once a machine is a minute old (not in 152 and 155): DevCloud has none",
  },
  {
    commands: ["listVirtualMachines"],
    members: ["virtualmachine.keypairs"],
    why: "one of ours has a key pair, as 223 tells of the same machine; the list was cut to two others",
  },
  {
    commands: ["listVirtualMachines"],
    members: ["virtualmachine.bootmode", "virtualmachine.boottype"],
    why: "told of machines without details only; ours with a key pair has one, as in 155, and the two recorded have none",
  },
  {
    commands: ["deployVirtualMachine"],
    members: ["virtualmachine.password"],
    why: "303 is of a template without passwords; ours has them, as that of 152",
  },
  {
    commands: ["listNetworks"],
    members: ["network.vlan", "network.broadcasturi"],
    why: "what is told of implemented networks only (145 is of one that is not): those of 158 all were, not all of ours are",
  },
  {
    commands: ["listEvents"],
    members: ["event.resourceid", "event.resourcetype", "event.resourcename"],
    why: "an event that is about no one thing has none, as the third of the whole recording 048",
  },
  {
    commands: ["listApis"],
    members: ["api.params.related"],
    why: "told of parameters that are uuids, and of no others: those of 090 are nearly all uuids, those of 029 were cut",
  },
  {
    commands: ["listServiceOfferings"],
    members: ["serviceoffering.gpudisplay"],
    why: "told of offerings that were made by the API (071): ours has one from the test's preparation",
  },
  {
    commands: ["listExtensions"],
    members: ["extension.resources"],
    why: "told of extensions that are registered, as ours is from the test's preparation",
  },
];

/** The known differences, and which of them were met. */
export class KnownDifferences {
  readonly #met = new Set<string>();

  /** Where an answer differs from its recording, but for what is known of the recording's command. */
  unknown({ params: { command = "" } }: Recording, recorded: unknown, ours: unknown): readonly string[] {
    const members = new Set(KNOWN.filter(({ commands }) => commands.includes(command)).flatMap((one) => one.members));
    const found = differences(recorded, ours, (path) => members.has(memberOf(path)));
    const known = found.filter(({ path, isMember }) => isMember && members.has(memberOf(path)));
    for (const { path } of known) this.#met.add(`${command} ${memberOf(path)}`);
    return found.filter((one) => !known.includes(one)).map(({ path, what }) => `${path} ${what}`);
  }

  /** "command member" of those that no answer had: they are known no more. */
  unused(): readonly string[] {
    const all = KNOWN.flatMap(({ commands, members }) =>
      commands.flatMap((command) => members.map((member) => `${command} ${member}`)),
    );
    return all.filter((one) => !this.#met.has(one));
  }
}

/** A path below the root key. */
function memberOf(path: string): string {
  return path.replace(/^queryasyncjobresultresponse\.jobresult\./, "").replace(/^[a-z]+response\./, "");
}
