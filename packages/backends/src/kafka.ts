import type { Bus } from "@contrail/bus";
import { createKafkaBus } from "@contrail/bus-kafka";
import type { Logger } from "@contrail/observability";
import type { Identity } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { z } from "zod";
import { copies, reach } from "./reach.ts";

/** Settings of a process that uses Kafka. */
export const KAFKA_SETTINGS = {
  kafkaBrokers: z
    .string()
    .default("")
    .describe("addresses and ports of some Kafka brokers, separated by commas; for --bus kafka"),
  kafkaReplication: copies.describe("copies of each topic that is made, 1 to 9"),
  kafkaCaFile: z.string().default("").describe("file of the CA of Kafka's certificates; empty: plain, loopback only"),
  kafkaUsername: z.string().default("").describe("user of Kafka (SCRAM-SHA-512); empty: none"),
  kafkaPasswordFile: z.string().default("").describe("file of that user's password"),
};
const SHAPE = z.object(KAFKA_SETTINGS);

/** The bus on Kafka. identity: what is shown to brokers that ask for it. Throws settings.bad_request naming the flag that is missing or wrong. */
export function openKafkaBus(settings: z.infer<typeof SHAPE>, logger: Logger, identity?: Identity): Bus {
  const { endpoints: brokers, ...how } = reach("kafka", "kafka-brokers", {
    servers: settings.kafkaBrokers,
    caFile: settings.kafkaCaFile,
    username: settings.kafkaUsername,
    passwordFile: settings.kafkaPasswordFile,
    identity,
  });
  const replication = settings.kafkaReplication;
  return createKafkaBus({ brokers, replication, clock: systemClock, logger, random: Math.random, ...how });
}
