import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { REPOSITORY } from "../config.ts";
import { addressOf } from "../supervisor/layout.ts";
import { PROFILES, type Profile, siteOf } from "./layout.ts";
import { prepareCompose } from "./prepare.ts";

interface Service {
  readonly profiles?: readonly string[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly networks?: { readonly underlay?: { readonly ipv4_address?: string } };
  readonly volumes?: readonly unknown[];
}

const COMPOSE = parse(readFileSync(join(REPOSITORY, "deploy/compose/compose.yaml"), "utf8"), {
  merge: true,
  maxAliasCount: -1,
}) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}; // As the compose specification has it.

/** How the compose file names the directory of the deployment. */
const IN_STATE = /^\$\{CONTRAIL_STATE\}\//;

/** Every file below a directory with its text. */
function filesOf(directory: string): ReadonlyMap<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).toSorted();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}

describe.each(PROFILES)("the files of a deployment, profile %s", (profile: Profile) => {
  const directory = mkdtempSync(join(tmpdir(), "contrail-compose-"));
  const services = Object.entries(COMPOSE.services).filter(([, { profiles }]) => profiles?.includes(profile));

  beforeAll(async () => {
    await prepareCompose(directory, profile);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("every secret and every configuration that a service of the profile mounts is there", () => {
    const mounted = services.flatMap(([name, { secrets = [], volumes = [] }]) => [
      ...secrets.map(({ source }) => COMPOSE.secrets[source]?.file ?? `no secret ${source} of ${name}`),
      ...volumes
        .flatMap((volume) => (typeof volume === "string" ? (volume.split("/servers/")[1]?.split(":")[0] ?? []) : []))
        .map((server) => `\${CONTRAIL_STATE}/servers/${server}/java.args`),
    ]);
    const missing = mounted.filter((file) => !filesOf(directory).has(file.replace(IN_STATE, "")));
    expect(missing).toEqual([]);
    expect(mounted.length).toBeGreaterThan(15);
  });

  test("addresses are those of the file", () => {
    const address = (name: string) => COMPOSE.services[name]?.networks?.underlay?.ipv4_address;
    const { addresses } = siteOf(profile);
    for (const kind of ["cassandra", "kafka"] as const) {
      expect(addresses[kind].map((_, index) => address(`${kind}${index + 1}`))).toEqual(addresses[kind]);
    }
    for (const name of ["host1", "host2", "control1", "control2"]) expect(address(name)).toBe(addressOf(name));
  });

  test("keys, passwords and configurations are for their owner only", () => {
    const open = [...filesOf(directory).keys()].filter(
      (name) => (statSync(join(directory, name)).mode & 0o077) !== 0 && !name.endsWith(".crt"),
    );
    expect(open).toEqual([]);
  });

  test("making them again changes nothing, and another profile is refused", async () => {
    const before = filesOf(directory);
    await prepareCompose(directory, profile);
    expect(filesOf(directory)).toEqual(before);
    const other = profile === "dev" ? "cluster" : "dev";
    await expect(prepareCompose(directory, other)).rejects.toMatchObject({ code: "compose.conflict" });
  });

  test("another deployment has other secrets", async () => {
    const second = mkdtempSync(join(tmpdir(), "contrail-compose-"));
    await prepareCompose(second, profile);
    const secrets = ["password", "run/cloudstack-webhook.secret", "pki/ca.key"];
    const same = secrets.filter((name) => filesOf(second).get(name) === filesOf(directory).get(name));
    rmSync(second, { recursive: true });
    expect(same).toEqual([]);
  });
});
