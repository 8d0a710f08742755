import { existsSync } from "node:fs";
import { join } from "node:path";
import { portChooser, portFlags, type StoreWorld, startServers } from "@contrail/test-stores";
import { runContrail } from "@contrail/testkit/contrail";
import { REPOSITORY } from "@contrail/testkit/embedded";

/** Three Cassandra nodes and three Kafka brokers of a campaign's own, on ports that are free when it begins. */
export class CampaignServers {
  /** Starts those of a kind, or of both, that do not run, and waits for them. */
  readonly up: StoreWorld["up"];
  readonly #directory: string;

  private constructor(directory: string, where: readonly string[]) {
    this.#directory = directory;
    this.up = (kind) => startServers(kind, where);
  }

  /** Removes what an earlier campaign of the name has left; nothing runs yet. */
  static async make(name: string): Promise<CampaignServers> {
    const directory = join(REPOSITORY, `.contrail/soak-${name}`);
    await purge(directory);
    return new CampaignServers(directory, ["--dir", directory, ...portFlags(await portChooser()())]);
  }

  /** Ends them, and removes what they kept. */
  purge(): Promise<void> {
    return purge(this.#directory);
  }
}

async function purge(directory: string): Promise<void> {
  if (existsSync(directory)) await runContrail(["infra", "down", "--purge", "--dir", directory]);
}
