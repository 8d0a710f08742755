import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKafkaBus } from "@contrail/bus-kafka";
import { silentLogger } from "@contrail/observability";
import { createAuthority, type Identity, issue } from "@contrail/pki";
import { systemClock } from "@contrail/runtime";
import { openCassandraStore } from "@contrail/store-cassandra";
import { ConfigNodeProcess } from "@contrail/test-contract";
import { runContrail } from "@contrail/testkit/contrail";
import { endChild } from "@contrail/testkit/process";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { missingServers, REPOSITORY, SECURE_DIRECTORY } from "./config.ts";
import { type Servers, START_MS } from "./servers.ts";

const missing = missingServers();
if (missing !== undefined) process.stderr.write(`skipped: servers with TLS and passwords ${missing}\n`);

const USERNAME = "contrail";
const COMPLETE_MS = 60_000;
const COMMON = { replication: 1, clock: systemClock, logger: silentLogger };

interface Access {
  readonly identity?: Identity;
  readonly password: string;
  readonly authority: string;
}

describe.skipIf(missing !== undefined)("Cassandra and Kafka with mutual TLS and passwords", () => {
  const pki = join(SECURE_DIRECTORY, "pki");
  const stranger = mkdtempSync(join(tmpdir(), "contrail-stranger-"));
  let servers: Servers;
  let good: Access;

  beforeAll(async () => {
    const ports = Object.entries(inject("securePorts")).flatMap(([flag, port]) => [`--${flag}`, String(port)]);
    const args = ["infra", "up", "--secure", "--dir", SECURE_DIRECTORY, ...ports, "--json"];
    const { code, stdout, stderr } = await runContrail(args);
    expect([code, stderr]).toEqual([0, expect.stringContaining("serves")]);
    servers = JSON.parse(stdout) as Servers; // What the command prints.
    const identity = await issue(pki, { role: "config", name: "secure", addresses: [] });
    await issue(pki, { role: "control", name: "secure", addresses: ["127.0.0.1"] });
    const password = readFileSync(join(SECURE_DIRECTORY, "password"), "utf8");
    good = { identity, password, authority: readFileSync(join(pki, "ca.crt"), "utf8") };
    await createAuthority(stranger);
  }, START_MS);

  afterAll(async () => {
    rmSync(stranger, { recursive: true });
    await runContrail(["infra", "down", "--purge", "--dir", SECURE_DIRECTORY]);
  });

  const tlsOf = ({ identity, authority }: Access) => ({
    authority,
    ...(identity === undefined
      ? {}
      : { certificate: readFileSync(identity.certificateFile, "utf8"), key: readFileSync(identity.keyFile, "utf8") }),
  });
  const openStore = (access: Access, username = USERNAME) =>
    openCassandraStore({
      contactPoints: servers.cassandraContactPoints.split(","),
      dataCenter: "datacenter1",
      keyspace: "secure",
      tls: tlsOf(access),
      credentials: { username, password: access.password },
      ...COMMON,
    });
  const append = async (access: Access): Promise<bigint> => {
    const credentials = { username: USERNAME, password: access.password };
    const brokers = servers.kafkaBrokers.split(",");
    const bus = createKafkaBus({ brokers, tls: tlsOf(access), credentials, random: () => 0, ...COMMON });
    try {
      return await bus.append("secure", [{ key: Buffer.from("k"), value: Buffer.from("v") }]);
    } finally {
      await bus.close();
    }
  };

  test("who has a certificate and the password gets in", async () => {
    const store = await openStore(good);
    await store.writeKey("k", "v");
    expect(await store.readKey("k")).toBe("v");
    await store.close();
    expect(await append(good)).toBe(0n);
  });

  /** Those who must not get in, by what is wrong with them. */
  const REFUSED: readonly (readonly [string, () => Promise<Access>])[] = [
    ["a wrong password", async () => ({ ...good, password: "wrong" })],
    ["no certificate", async () => ({ password: good.password, authority: good.authority })],
    [
      "a certificate of another authority",
      async () => ({ ...good, identity: await issue(stranger, { role: "config", name: "c", addresses: [] }) }),
    ],
    [
      "a server that another authority has signed",
      async () => ({ ...good, authority: readFileSync(join(stranger, "ca.crt"), "utf8") }),
    ],
  ];
  test.each(REFUSED)("%s: neither store nor bus is opened", async (_what, access) => {
    const wrong = await access();
    await expect(openStore(wrong)).rejects.toMatchObject({ code: "store.unavailable" });
    await expect(append(wrong)).rejects.toMatchObject({ code: "bus.unavailable" });
  });

  test("the user that every new Cassandra has is gone", async () => {
    await expect(openStore({ ...good, password: "cassandra" }, "cassandra")).rejects.toMatchObject({
      code: "store.unavailable",
      message: expect.stringMatching(/cassandra|credentials|username/),
    });
  });

  test("a configuration node and a control node reach them by their settings: the control node reads all of it", {
    timeout: START_MS,
  }, async () => {
    const passwordFile = join(stranger, "password");
    writeFileSync(passwordFile, good.password, { mode: 0o600 });
    const reach = (what: string) => [
      ...[`--${what}-ca-file`, join(pki, "ca.crt"), `--${what}-username`, USERNAME],
      ...[`--${what}-password-file`, passwordFile, `--${what}-replication`, "1"],
    ];
    const kafka = ["--bus", "kafka", "--kafka-brokers", servers.kafkaBrokers, ...reach("kafka"), "--pki-dir", pki];
    const cassandra = ["--store", "cassandra", "--cassandra-contact-points", servers.cassandraContactPoints];
    const named = ["--name", "secure"];
    const node = new ConfigNodeProcess([...named, ...cassandra, ...reach("cassandra"), ...kafka]);
    const control = new ControlNodeLog([...named, ...kafka]);
    try {
      await node.run();
      control.start();
      expect(await control.said(/configuration is complete/, COMPLETE_MS)).toMatch(/"objects":\d{2}/);
    } finally {
      await control.end();
      await node.stop();
    }
  });
});

/** A control node and what it logs. */
class ControlNodeLog {
  readonly #flags: readonly string[];
  #child: ReturnType<typeof spawn> | undefined;
  #log = "";

  constructor(flags: readonly string[]) {
    this.#flags = flags;
  }

  start(): void {
    const ports = ["--bgp-port", "0", "--agent-port", "0", "--introspect-listen", "127.0.0.1:0"];
    const program = join(REPOSITORY, "services/control-node/src/main.ts");
    this.#child = spawn(process.execPath, [program, "--address", "127.0.0.1", ...ports, ...this.#flags], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child.stderr?.on("data", (part: Buffer) => {
      this.#log += part.toString();
    });
  }

  /** The line of the log that matches; rejects with the log after the deadline. */
  async said(wanted: RegExp, deadlineMs: number): Promise<string> {
    const deadline = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const line = this.#log.split("\n").find((text) => wanted.test(text));
      if (line !== undefined) return line;
      if (deadline.aborted) throw new Error(`the control node did not say ${wanted}: ${this.#log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end(): Promise<void> {
    await endChild(this.#child, "SIGTERM");
  }
}
