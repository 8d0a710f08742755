import { describe, expect, test } from "vitest";
import { RouteTables } from "./route-tables.ts";

const RED = "d:p:red:red";

function route(last: number, label: number) {
  const nextHops = [{ address: 0xac1e0202, label, encapsulations: [13], groups: [], networkId: 1 }];
  return { address: 0x0a000000 + last, length: 32, nextHops };
}

function labels(tables: RouteTables): readonly (number | undefined)[] {
  return [...tables.routes(RED)].map(({ nextHops }) => nextHops[0]?.label).sort();
}

/** Both control nodes are up and have given everything: one route each has alone, and one both have. */
function both(): RouteTables {
  const tables = new RouteTables();
  for (const [index, node] of ["c1", "c2"].entries()) {
    tables.sessionUp(node);
    tables.update(node, RED, [route(1, 16), route(10 + index, 20 + index)], []);
    tables.endOfRib(node, RED);
  }
  return tables;
}

test("routes of both control nodes count, each prefix once", () => {
  expect(labels(both())).toEqual([16, 20, 21]);
});

describe("a control node that is lost", () => {
  test("does not count while the other one is in sync", () => {
    const tables = both();
    tables.sessionDown("c1");
    expect(labels(tables)).toEqual([16, 21]);
  });

  test("is back, and not believed before its end-of-rib", () => {
    const tables = both();
    tables.sessionDown("c1");
    tables.sessionUp("c1");
    tables.update("c1", RED, [route(1, 99)], []);
    expect(labels(tables)).toEqual([16, 21]);
    tables.endOfRib("c1", RED);
    expect(labels(tables)).toEqual([21, 99]);
  });

  test("leaves everything in use when the other is lost too, for as long as it takes", () => {
    const tables = both();
    tables.sessionDown("c1");
    tables.sessionDown("c2");
    expect(labels(tables)).toEqual([16, 20, 21]);
    expect(tables.isInSync(RED)).toBe(false);
  });

  test("comes back alone: stale routes count until its end-of-rib, what it says now counts at once", () => {
    const tables = both();
    tables.sessionDown("c1");
    tables.sessionDown("c2");
    tables.sessionUp("c1");
    tables.update("c1", RED, [route(2, 50)], []);
    expect(labels(tables)).toEqual([16, 20, 21, 50]);
    tables.endOfRib("c1", RED);
    expect(labels(tables)).toEqual([50]);
    expect(tables.isInSync(RED)).toBe(true);
  });
});

test("a withdrawal of an unknown prefix is a no-op, a second end-of-rib too", () => {
  const tables = both();
  tables.update("c1", RED, [], [route(77, 1)]);
  tables.endOfRib("c1", RED);
  expect(labels(tables)).toEqual([16, 20, 21]);
});

test("instances that are not subscribed any more leave nothing", () => {
  const tables = both();
  tables.keepOnly(new Set());
  expect([labels(tables), tables.isInSync(RED)]).toEqual([[], false]);
});
