import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FamilyName } from "@contrail/bgp";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigLog } from "./config-log.ts";
import { bgpRouters, redNetwork } from "./config-objects.ts";
import { ControlNodeProcess } from "./control-node-process.ts";
import { BIRD_ROUTES, MatrixBird } from "./matrix/matrix-bird.ts";
import { FRR_ROUTES, MatrixFrr } from "./matrix/matrix-frr.ts";
import { GOBGP_ROUTES, MatrixGoBgp } from "./matrix/matrix-gobgp.ts";
import { asOf, type OwnRoutes, RED_TARGET, type Role, type Router, textOf } from "./matrix/router.ts";
import { BIRD_PROGRAM, missingNeeds } from "./needs.ts";
import { BIRD, createNetwork, FRR, GOBGP, OURS, removeNetwork } from "./network.ts";

const skipped = missingNeeds(BIRD_PROGRAM);
if (skipped !== undefined) console.warn(`SKIPPED test/interop/matrix: ${skipped}`);

const DEADLINE = { timeout: 60_000, interval: 100 };
const FAMILIES: readonly FamilyName[] = ["route-target", "e-vpn", "inet-vpn", "inet6-vpn", "inet"];
const ROLES: readonly Role[] = ["client", "reflector", "external"];

/** A router that can be a peer, what its routes are, and what it is started by. */
interface Kind {
  readonly name: string;
  readonly address: string;
  readonly routes: OwnRoutes;
  readonly start: (folder: string, role: Role) => Router;
}

const KIND_FRR: Kind = {
  name: "FRR",
  address: FRR.address,
  routes: FRR_ROUTES,
  start: (folder, role) => new MatrixFrr(folder, role),
};
const KIND_GOBGP: Kind = {
  name: "GoBGP",
  address: GOBGP.address,
  routes: GOBGP_ROUTES,
  start: (folder, role) => new MatrixGoBgp(folder, role),
};
const KIND_BIRD: Kind = {
  name: "BIRD",
  address: BIRD.address,
  routes: BIRD_ROUTES,
  start: (folder, role) => new MatrixBird(folder, role),
};

/** Rows of the matrix, as docs/interoperation.md has them. */
const rows: string[] = [];
const DOCUMENT = new URL("../../docs/interoperation.md", import.meta.url);

/** A path that our node has of a route. */
interface Shown {
  readonly route: string;
  readonly paths: readonly { readonly source: string; readonly stale: boolean }[];
}

describe.skipIf(skipped !== undefined)("every peer in every role, family by family, both ways", () => {
  let folder: string;
  let log: ConfigLog;
  let node: ControlNodeProcess;
  const running: Router[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "oct-matrix-"));
    createNetwork();
    log = new ConfigLog();
    await log.start(`unix:${join(folder, "log.sock")}`, [
      { role: "control", name: "control1", addresses: [OURS.address] },
    ]);
  });

  afterEach(async () => {
    await node?.stop();
    await Promise.all(running.splice(0).map((router) => router.stop()));
    removeNetwork();
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });

  afterAll(() => {
    process.stderr.write(`${rows.join("\n")}\n`);
    const document = readFileSync(DOCUMENT, "utf8");
    for (const row of rows) expect(document).toContain(row);
  });

  const pathsOf = async (family: FamilyName, source: string) => {
    const query = new URLSearchParams({ family, source });
    const routes = (await node.introspect(`bgp-routes?${query}`)) as readonly Shown[];
    return routes.map(({ route, paths }) => ({
      route,
      stale: paths.some((path) => path.source.endsWith(`:${source}`) && path.stale),
    }));
  };
  const has = async (family: FamilyName, source: string, routes: OwnRoutes): Promise<boolean> => {
    const wanted = textOf(routes, family) ?? RED_TARGET;
    return (await pathsOf(family, source)).some(({ route }) => route.includes(wanted));
  };
  const neighbour = (name: string) =>
    node.introspect(`neighbour?name=${name}`) as Promise<{
      state: string;
      messagesReceived: { routeRefresh: number };
      parameters?: { families: readonly FamilyName[]; gracefulRestart?: object };
    }>;
  const established = (name: string) =>
    vi.waitFor(async () => expect(await neighbour(name)).toMatchObject({ state: "established" }), DEADLINE);

  test.each([KIND_FRR, KIND_GOBGP, KIND_BIRD].flatMap((kind) => ROLES.map((role) => [kind.name, role, kind] as const)))(
    "%s as %s",
    async (name, role, kind) => {
      // The partner stands where its routes go through us to the subject, and back.
      const other = kind === KIND_GOBGP ? KIND_FRR : KIND_GOBGP;
      const otherRole: Role = role === "reflector" ? "external" : "client";
      await log.configure(...routers(kind, role, other, otherRole), ...redNetwork(`target:${RED_TARGET}`));
      node = new ControlNodeProcess(folder, log);
      let subject = kind.start(folder, role);
      const partner = other.start(folder, otherRole);
      running.push(subject, partner);
      await vi.waitFor(() => node.introspect("status"), DEADLINE);
      await Promise.all([established("subject"), established("partner")]);

      subject.announce();
      partner.announce();
      for (const family of subject.gives)
        await vi.waitFor(
          async () => expect([family, await has(family, "subject", kind.routes)]).toEqual([family, true]),
          DEADLINE,
        );
      const taken = subject.takes.filter((family) => partner.gives.includes(family) || family === "route-target");
      const sees = (family: FamilyName) => subject.shows(family).includes(textOf(other.routes, family) ?? RED_TARGET);
      for (const family of taken)
        await vi.waitFor(() => expect([family, sees(family)]).toEqual([family, true]), DEADLINE);

      const asked = (await neighbour("subject")).messagesReceived.routeRefresh;
      subject.refresh();
      await vi.waitFor(
        async () => expect((await neighbour("subject")).messagesReceived.routeRefresh).toBeGreaterThan(asked),
        DEADLINE,
      );
      expect(taken.filter((family) => !sees(family))).toEqual([]);

      const { gracefulRestart, families = [] } = (await neighbour("subject")).parameters ?? { families: [] };
      expect(gracefulRestart).toBeDefined();
      await subject.stop("SIGKILL");
      running.splice(running.indexOf(subject), 1);
      const kept = subject.gives.filter((family) => family !== "route-target");
      const staleNow = async () => (await Promise.all(kept.map((family) => pathsOf(family, "subject")))).flat();
      await vi.waitFor(async () => {
        const paths = await staleNow();
        expect([paths.length >= kept.length, paths.every(({ stale }) => stale)]).toEqual([true, true]);
      }, DEADLINE);
      subject = kind.start(folder, role);
      running.push(subject);
      await vi.waitFor(() => subject.shows("inet"), DEADLINE);
      subject.announce();
      await established("subject");
      await vi.waitFor(async () => {
        expect((await staleNow()).filter(({ stale }) => stale)).toEqual([]);
        for (const family of kept) expect([family, await has(family, "subject", kind.routes)]).toEqual([family, true]);
        for (const family of taken) expect([family, sees(family)]).toEqual([family, true]);
      }, DEADLINE);

      subject.withdraw();
      partner.withdraw();
      for (const family of kept)
        await vi.waitFor(
          async () => expect([family, await has(family, "subject", kind.routes)]).toEqual([family, false]),
          DEADLINE,
        );
      for (const family of taken.filter((each) => each !== "route-target"))
        await vi.waitFor(() => expect([family, sees(family)]).toEqual([family, false]), DEADLINE);

      for (const family of FAMILIES) {
        const cell = (known: boolean): string => (known ? "yes" : "-");
        const agreed = families.includes(family);
        const [given, sent] = [subject.gives.includes(family), taken.includes(family)].map((each) =>
          cell(agreed && each),
        );
        const restart = cell(agreed && kept.includes(family));
        rows.push(`| ${name} | ${role} | ${family} | ${given} | ${sent} | ${cell(agreed)} | ${restart} |`);
      }
    },
  );
});

/** Our node and its two peers, each as it is configured for its role. */
function routers(kind: Kind, role: Role, other: Kind, otherRole: Role): readonly ConfigObject[] {
  const families = { address_families: { family: [...FAMILIES] } };
  const ofPeer = (its: Role): JsonObject => ({ autonomous_system: asOf(its), ...families });
  const cluster = role === "reflector" ? {} : { cluster_id: 77 };
  return bgpRouters({ control1: OURS.address, subject: kind.address, partner: other.address }, 179, {
    control1: { ...families, ...cluster },
    subject: ofPeer(role),
    partner: ofPeer(otherRole),
  });
}
