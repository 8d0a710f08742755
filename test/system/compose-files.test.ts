import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY, withReason } from "@contrail/testkit/embedded";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { environmentWith } from "./config.ts";

const DIRECTORY = join(REPOSITORY, "deploy/compose");
const BASE = "compose.yaml";

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly pid?: string;
  readonly network_mode?: string;
  readonly ports?: readonly unknown[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly pull_policy?: string;
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean };
  readonly environment?: Readonly<Record<string, string>>;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

/** The capabilities that services have; all others have none. */
const CAPABILITIES: Readonly<Record<string, readonly string[]>> = {
  control1: ["NET_BIND_SERVICE"],
  control2: ["NET_BIND_SERVICE"],
  host1: ["SYS_ADMIN"],
  host2: ["SYS_ADMIN"],
  agent1: ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"],
  agent2: ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"],
  devcloud: ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"],
};
/** They end when their work is done. */
const ONE_SHOT = ["cassandra-user"];

const read = (name: string) =>
  parse(readFileSync(join(DIRECTORY, name), "utf8"), { merge: true, maxAliasCount: -1 }) as ComposeFile; // By the specification.
const files = readdirSync(DIRECTORY).filter((name) => name.endsWith(".yaml"));
const { services, secrets = {} } = read(BASE);
const names = Object.keys(services);
/** Services of which something does not hold. */
const failing = (holds: (service: Service, name: string) => boolean): readonly string[] =>
  names.filter((name) => !holds(services[name] as Service, name)); // A name of the same object.

describe("the compose files", () => {
  test("there are the two that are documented, with the services of a cluster", () => {
    expect(files.toSorted()).toEqual(["compose.official.yaml", BASE]);
    const wanted = ["cassandra1", "cassandra3", "kafka1", "kafka3", "config2", "control2", "agent1", "agent2"];
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
    expect(failing(({ profiles = [] }) => profiles.includes("cluster"))).toEqual([]);
    const cluster = names.filter((name) => !services[name]?.profiles?.includes("dev"));
    expect(cluster.toSorted()).toEqual(["cassandra2", "cassandra3", "config2", "control2", "kafka2", "kafka3"]);
  });

  test("every root file system is read-only, nobody is privileged or gains privileges, no port is published", () => {
    expect(failing(({ read_only }) => read_only === true)).toEqual([]);
    expect(failing(({ privileged, pid, ports }) => (privileged ?? pid ?? ports) === undefined)).toEqual([]);
    expect(failing(({ network_mode }) => network_mode !== "host")).toEqual([]);
    expect(failing(({ security_opt = [] }) => security_opt.includes("no-new-privileges:true"))).toEqual([]);
  });

  test("all capabilities are dropped but those that a service is known to need", () => {
    expect(failing(({ cap_drop = [] }) => cap_drop.join() === "ALL")).toEqual([]);
    expect(failing(({ cap_add = [] }, name) => cap_add.join() === (CAPABILITIES[name] ?? []).join())).toEqual([]);
  });

  test("every service that stays has a health check", () => {
    expect(failing(({ healthcheck }) => healthcheck?.test !== undefined && healthcheck.disable !== true)).toEqual(
      ONE_SHOT,
    );
  });

  test("each agent has a network namespace of its own, which outlives it", () => {
    expect([services.agent1?.network_mode, services.agent2?.network_mode]).toEqual(["service:host1", "service:host2"]);
  });

  test("images are those of deploy/images and never pulled; no file names a registry", () => {
    const ours = /^opencontrail\/(services|balancer|cassandra|kafka)$/;
    expect(failing(({ image, pull_policy }) => ours.test(image) && pull_policy === "never")).toEqual([]);
    const images = files.flatMap((name) => Object.values(read(name).services).map(({ image }) => image));
    expect(images.filter((image) => /^[^/]*[.:][^/]*\//.test(image))).toEqual([]);
  });

  test("secrets are files of the deployment, and no value of one is in a file", () => {
    const elsewhere = Object.entries(secrets).filter(([, { file }]) => !/^\$\{CONTRAIL_STATE\}\//.test(file));
    expect(elsewhere).toEqual([]);
    expect(Object.keys(secrets).length).toBeGreaterThan(15);
    const open = names.flatMap((name) =>
      Object.entries(services[name]?.environment ?? {}).filter(
        ([key, value]) => /PASSWORD|SECRET|KEY/.test(key) && !value.startsWith("/"),
      ),
    );
    expect(open).toEqual([]);
    for (const name of files)
      expect(readFileSync(join(DIRECTORY, name), "utf8")).not.toMatch(/BEGIN |password: *["']?\w{4}/i);
  });
});

describe("docker compose config", () => {
  const hasCompose = spawnSync("docker", ["compose", "version"]).status === 0;
  const missing = hasCompose ? undefined : "there is no docker compose";
  if (missing !== undefined) process.stderr.write(`docker compose config is skipped: ${missing}\n`);
  const VARIABLES = {
    ...{ CONTRAIL_STATE: "/nowhere", CONTRAIL_REPLICATION: "3", CONTRAIL_CASSANDRA: "a:1", CONTRAIL_KAFKA: "a:2" },
    ...{ CONTRAIL_CONTROL_NODES: "a:3", CONTRAIL_CONTROL_NAMES: "control1,control2" },
  };
  const CASES = ["dev", "cluster"].flatMap((profile) => [[profile, [BASE]] as const, [profile, files] as const]);

  test.skipIf(missing !== undefined).each(CASES)(withReason("takes profile %s of %j", missing), (profile, used) => {
    const flags = used
      .toSorted((left, right) => left.length - right.length)
      .flatMap((name) => ["-f", join(DIRECTORY, name)]);
    const env = environmentWith({ ...VARIABLES, COMPOSE_PROFILES: profile });
    const { status, stdout, stderr } = spawnSync("docker", ["compose", ...flags, "config", "--format", "json"], {
      env,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    const merged = JSON.parse(stdout) as ComposeFile; // As the command prints it.
    expect(Object.keys(merged.services)).toHaveLength(profile === "dev" ? names.length - 6 : names.length);
    const isOfficial = used.length > 1;
    expect(merged.services.cassandra1?.image.startsWith("opencontrail/")).toBe(!isOfficial);
    expect(Object.values(merged.services).filter(({ read_only }) => read_only !== true)).toEqual([]);
  });
});
