import { readFileSync } from "node:fs";
import type { Bus } from "@contrail/bus";
import { createEmbeddedBus } from "@contrail/bus-embedded";
import { createKafkaBus } from "@contrail/bus-kafka";
import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { isLoopback } from "@contrail/runtime";
import type { Settings } from "./config.ts";

/** The bus of the settings. Throws settings.bad_request naming the flag that is missing. */
export function openBus(settings: Settings, identity: Identity, clock: Clock, logger: Logger): Bus {
  if (settings.bus === "embedded") {
    const address = settings.busAddress;
    if (address === "") throw bad("--bus-address: the log server's address and port are needed");
    return createEmbeddedBus({ address, identity, clock, logger, random: Math.random });
  }
  const brokers = settings.kafkaBrokers.split(",").filter((item) => item !== "");
  if (brokers.length === 0) throw bad("--kafka-brokers: no address is given");
  const { kafkaCaFile: caFile, kafkaUsername: username, kafkaReplication: replication } = settings;
  const open = brokers.filter((broker) => !isLoopback(broker));
  if (caFile === "" && open.length > 0) {
    throw bad(`${open.join(", ")}: --kafka-ca-file is needed for an address that is not of the loopback`);
  }
  const read = (file: string): string => readFileSync(file, "utf8");
  return createKafkaBus({
    ...{ brokers, replication, clock, logger, random: Math.random },
    ...(caFile === "" ? {} : { tls: { authority: read(caFile) } }),
    ...(username === "" ? {} : { credentials: { username, password: read(settings.kafkaPasswordFile).trimEnd() } }),
  });
}

function bad(message: string): ContrailError {
  return new ContrailError("settings.bad_request", message);
}
