import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** Where the servers with TLS and passwords keep their data. */
export const SECURE_DIRECTORY = join(REPOSITORY, ".contrail/test-infra-secure");
/** Where Cassandra nodes keep their data of which one has a small disk. */
export const SMALL_DISK_DIRECTORY = join(REPOSITORY, ".contrail/test-infra-small-disk");
/** Where the servers of the tests keep their data; made by the first test that needs it, removed after the last. */
export const INFRA_DIRECTORY = join(REPOSITORY, ".contrail/test-infra");
/** A directory of three servers on the default ports (`contrail infra up --nodes 3 --dir`): used instead, and not purged. */
export const RUNNING_DIRECTORY = process.env.CONTRAIL_SERVERS_DIR;
/** Seed of the fault tests; printed. */
export const SEED = Number(process.env.CONTRAIL_SEED ?? 20_261_126);

/** Kills of a configuration node while it writes; `npm run test:soak -- node-kills` does 1,000. */
export const NODE_KILLS = Number(process.env.CONTRAIL_STORE_KILLS ?? 5);
/** How long all of Kafka is down, in ms; the whole minute of the failure model by CONTRAIL_BUS_OUTAGE_MS=60000. */
export const BUS_OUTAGE_MS = Number(process.env.CONTRAIL_BUS_OUTAGE_MS ?? 10_000);
/** Times that the answers of Cassandra are swallowed; more by CONTRAIL_SWALLOWS. */
export const SWALLOWS = Number(process.env.CONTRAIL_SWALLOWS ?? 6);

/** Why real servers cannot be had on this machine; undefined where they can. */
export function missingServers(): string | undefined {
  const missing = ["/usr/bin/java", "/usr/bin/mvn"].filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `needs ${missing.join(" and ")} (openjdk-17-jre-headless, maven)`;
}
