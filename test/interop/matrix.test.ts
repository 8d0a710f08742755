import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { FamilyName } from "@contrail/bgp";
import type { ConfigObject, JsonObject } from "@contrail/schema";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bgpRouters, redNetwork } from "./config-objects.ts";
import { MatrixBird } from "./matrix/matrix-bird.ts";
import { MatrixFrr } from "./matrix/matrix-frr.ts";
import { MatrixGoBgp } from "./matrix/matrix-gobgp.ts";
import { asOf, type OwnRoutes, RED_TARGET, type Role, type Router, textOf } from "./matrix/router.ts";
import { BIRD_PROGRAM, missingNeeds, olderGoBgp } from "./needs.ts";
import { BIRD, FRR, GOBGP, OURS, SOURCE } from "./network.ts";
import { DEADLINE, PeerWorld } from "./peer-world.ts";

const skipped = missingNeeds(BIRD_PROGRAM) ?? olderGoBgp();
if (skipped !== undefined) console.warn(`SKIPPED test/interop/matrix: ${skipped}`);

const FAMILIES: readonly FamilyName[] = ["route-target", "e-vpn", "inet-vpn", "inet6-vpn", "inet"];
const DOCUMENT = new URL("../../docs/interoperation.md", import.meta.url);

/** How long a peer has to notice that our sessions are closed, before we look whether it has kept our routes. */
const NOTICED_MS = 1_000;

/** Makes each of the routers under test in a role. */
const MAKERS = {
  FRR: { place: FRR, start: (folder: string, role: Role): Router => new MatrixFrr(folder, role) },
  GoBGP: { place: GOBGP, start: (folder: string, role: Role): Router => new MatrixGoBgp(folder, GOBGP, role, true) },
  BIRD: { place: BIRD, start: (folder: string, role: Role): Router => new MatrixBird(folder, role) },
} as const;
type Name = keyof typeof MAKERS;
const NAMES = Object.keys(MAKERS) as readonly Name[]; // The keys above.

/** What introspect says of a neighbour. */
interface Neighbour {
  readonly state: string;
  readonly messagesReceived: { readonly routeRefresh: number };
  readonly parameters?: { readonly families: readonly FamilyName[]; readonly gracefulRestart?: object };
}

/** Its paths of a route. */
interface Shown {
  readonly route: string;
  readonly paths: readonly { readonly source: string; readonly stale: boolean }[];
}

describe.skipIf(skipped !== undefined)("FRR, GoBGP and BIRD in every role, family by family, both ways", () => {
  let world: PeerWorld;
  let source: Router;
  let subjects: Record<Name, Router>;
  /** Rows of the matrix, as docs/interoperation.md has them. */
  const rows: string[] = [];

  beforeEach(() => {
    world = new PeerWorld();
  });

  afterEach(() => world.close(source, ...Object.values(subjects)));

  afterAll(() => {
    process.stderr.write(`${rows.join("\n")}\n`);
    const document = readFileSync(DOCUMENT, "utf8");
    expect(rows.filter((row) => !document.includes(row))).toEqual([]);
  });

  /** Routes of a family that a router gave us, and whether it has gone since. */
  const given = async (name: Name, family: FamilyName) => {
    const query = new URLSearchParams({ family, source: name });
    const routes = (await world.node.introspect(`bgp-routes?${query}`)) as readonly Shown[];
    return routes.map(({ route, paths }) => ({
      route,
      stale: paths.some((path) => path.source.endsWith(`:${name}`) && path.stale),
    }));
  };
  const has = async (name: Name, family: FamilyName): Promise<boolean> =>
    (await given(name, family)).some(({ route }) => route.includes(textIn(subjects[name].routes, family)));
  const sees = (name: Name, family: FamilyName): boolean => {
    const shown = subjects[name].shows(family);
    if (family === "route-target") return new RegExp(`${RED_TARGET}(/96)?\\s+${OURS.address}\\s`).test(shown);
    return shown.includes(textIn(source.routes, family));
  };
  const neighbour = (name: string) => world.node.introspect(`neighbour?name=${name}`) as Promise<Neighbour>;
  const refreshesOf = async (name: string) => (await neighbour(name)).messagesReceived.routeRefresh;
  const established = (name: string) =>
    vi.waitFor(async () => expect(await neighbour(name)).toMatchObject({ state: "established" }), DEADLINE);
  /** Waits until each has, and sees, everything that it gives and takes; or nothing of it. */
  const exchanged = (families: (name: Name, way: "gives" | "takes") => readonly FamilyName[], wanted: boolean) =>
    vi.waitFor(async () => {
      const wrong: string[] = [];
      for (const name of NAMES) {
        for (const family of families(name, "gives"))
          if ((await has(name, family)) !== wanted) wrong.push(`from ${name}: ${family}`);
        for (const family of families(name, "takes"))
          if (sees(name, family) !== wanted) wrong.push(`to ${name}: ${family}`);
      }
      expect(wrong).toEqual([]);
    }, DEADLINE);

  test.each<Role>(["client", "reflector", "external"])("%s", async (role) => {
    await world.start([...routers(role), ...redNetwork(`target:${RED_TARGET}`)]);
    source = new MatrixGoBgp(world.folder, SOURCE, "external", false);
    const startAll = () => perName((name) => MAKERS[name].start(world.folder, role));
    subjects = startAll();
    await Promise.all([...NAMES, "source"].map(established));
    source.announce();
    for (const name of NAMES) subjects[name].announce();
    await exchanged((name, way) => subjects[name][way], true);

    const asking = NAMES.filter((name) => subjects[name].refresh !== undefined);
    const asked = await Promise.all(asking.map(refreshesOf));
    for (const name of asking) subjects[name].refresh?.();
    await vi.waitFor(async () => {
      const now = await Promise.all(asking.map(refreshesOf));
      expect(asking.filter((_, index) => (now[index] ?? 0) <= (asked[index] ?? 0))).toEqual([]);
    }, DEADLINE);
    await exchanged((name, way) => subjects[name][way], true);

    const before = perName(() => ({}) as Neighbour);
    for (const name of NAMES) before[name] = await neighbour(name);
    await Promise.all(NAMES.map((name) => subjects[name].stop("SIGKILL")));
    await vi.waitFor(async () => {
      for (const name of NAMES)
        for (const family of subjects[name].gives) {
          const routes = await given(name, family);
          expect([name, family, routes.length > 0, routes.every(({ stale }) => stale)]).toEqual([
            name,
            family,
            true,
            true,
          ]);
        }
    }, DEADLINE);
    subjects = startAll();
    await Promise.all(NAMES.map(established));
    for (const name of NAMES) subjects[name].announce();
    await exchanged((name, way) => subjects[name][way], true);
    await vi.waitFor(async () => {
      for (const name of NAMES)
        for (const family of subjects[name].gives)
          expect((await given(name, family)).filter(({ stale }) => stale)).toEqual([]);
    }, DEADLINE);

    await world.node.stop("SIGKILL");
    await pause(NOTICED_MS);
    const lost = NAMES.map((name) => [name, ...subjects[name].keeps.filter((family) => !sees(name, family))]);
    expect(lost).toEqual(NAMES.map((name) => [name]));
    world.node.start();
    await Promise.all([...NAMES, "source"].map(established));
    await exchanged((name, way) => subjects[name][way], true);

    source.withdraw();
    for (const name of NAMES) subjects[name].withdraw();
    await exchanged((name, way) => subjects[name][way].filter((family) => family !== "route-target"), false);

    for (const name of NAMES)
      for (const family of FAMILIES) {
        const { families = [], gracefulRestart } = before[name].parameters ?? {};
        const cell = (holds: boolean): string => (holds && families.includes(family) ? "yes" : "-");
        const subject = subjects[name];
        const gives = subject.gives.includes(family);
        const takes = subject.takes.includes(family);
        const restarts = gives && gracefulRestart !== undefined;
        const cells = [gives, takes, takes && subject.refresh !== undefined, restarts].map(cell);
        cells.push(cell(subject.keeps.includes(family)));
        rows.push(`| ${[name, role, family, ...cells].join(" | ")} |`);
      }
  });
});

function perName<T>(make: (name: Name) => T): Record<Name, T> {
  return { FRR: make("FRR"), GoBGP: make("GoBGP"), BIRD: make("BIRD") };
}

/** The text by which a router's route of a family is found. */
function textIn(routes: OwnRoutes, family: FamilyName): string {
  return textOf(routes, family) ?? RED_TARGET;
}

/** Our node and its peers, each as it is configured for its role. */
function routers(role: Role): readonly ConfigObject[] {
  const families = { address_families: { family: [...FAMILIES] } };
  const cluster = role === "reflector" ? {} : { cluster_id: 77 };
  const places = { ...perName((name) => MAKERS[name].place), source: SOURCE };
  const addresses = Object.fromEntries(Object.entries(places).map(([name, { address }]) => [name, address]));
  const parameters = Object.entries(places).map(([name, place]): [string, JsonObject] => [
    name,
    { autonomous_system: asOf(name === "source" ? "external" : role, place), ...families },
  ]);
  const all = { control1: OURS.address, ...addresses };
  return bgpRouters(all, 179, { control1: { ...families, ...cluster }, ...Object.fromEntries(parameters) });
}
