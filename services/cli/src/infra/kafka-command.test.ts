import { expect, test } from "vitest";
import { kafkaFormatArguments } from "./kafka-command.ts";
import type { ServerSite } from "./layout.ts";

const SITE: ServerSite = {
  ...{ nodes: 1, addresses: { cassandra: ["127.0.0.1"], kafka: ["127.0.0.1"] }, security: undefined },
  ...{
    cqlPort: 9042,
    storagePort: 7000,
    kafkaPort: 9092,
    controllerPort: 9093,
    cassandraHeapMb: 512,
    kafkaHeapMb: 256,
  },
};

test("a cluster's id that begins with a dash is taken for no option", () => {
  const places = { configuration: "/c", data: "/d", libraries: "/l" };
  const made = kafkaFormatArguments("-XGePVIxGH1-mARuGMCf3g", SITE, places);
  expect(made).toContain("--cluster-id=-XGePVIxGH1-mARuGMCf3g");
  expect(made.filter((argument) => argument.startsWith("-X"))).toEqual(["-Xmx128m"]);
});
