import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowEntry } from "@contrail/forwarding";
import { silentLogger } from "@contrail/observability";
import { systemClock } from "@contrail/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SETTINGS } from "../core/agent-world.model.ts";
import { TableDataPlane } from "../testing/table-data-plane.ts";
import { Agent } from "./agent.ts";
import { ControlSessions } from "./control-sessions.ts";
import { introspectPages } from "./introspect-pages.ts";
import { StateFiles } from "./state-files.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "contrail-pages-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

function flow(sourcePort: number): FlowEntry {
  const key = { nextHop: 1, protocol: 17, sourceAddress: 1, destinationAddress: 2, sourcePort, destinationPort: 53 };
  const counted = { packets: 1, bytes: 28, lastSeenNs: 1n, tcpFlags: 0, generation: 1 };
  return { key, verdict: "pass", reverse: false, established: true, peerNextHop: 1, ...counted };
}

function pages(dataPlane: TableDataPlane) {
  const files = new StateFiles(directory, silentLogger);
  const agent = new Agent({ settings: SETTINGS, dataPlane, files, clock: systemClock, logger: silentLogger });
  return introspectPages({ name: "host1", agent, sessions: new ControlSessions([], agent, systemClock), dataPlane });
}

test("a host with many flows shows a thousand of them, or the range that is asked for", async () => {
  const dataPlane = new TableDataPlane();
  dataPlane.entries = Array.from({ length: 20_000 }, (_, index) => flow(index));
  const { flows } = pages(dataPlane);
  expect(await flows?.({})).toHaveLength(1_000);
  expect(await flows?.({ offset: "19999", limit: "10000" })).toEqual([
    {
      ...flow(19_999),
      key: { ...flow(19_999).key, protocol: "udp", sourceAddress: "0.0.0.1", destinationAddress: "0.0.0.2" },
    },
  ]);
  await expect(async () => flows?.({ limit: "20000" })).rejects.toThrow("limit: not a number from 1 to 10000");
});
