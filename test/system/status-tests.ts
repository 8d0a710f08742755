import { type EmbeddedSystem, eventually, keepDown, type SystemState } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { fails } from "./command-run.ts";
import { type SystemUnderTest, scenario } from "./running-system.ts";

/** Name, role, namespace and fixed address of every node, in the order of starting; engines only where they run. */
const NODES = [
  ["config", "config", "oc-config", "172.30.10.2"],
  ["control1", "control", "oc-control1", "172.30.11.2"],
  ["control2", "control", "oc-control2", "172.30.12.2"],
  ["engine-host1", "engine", "oc-host1", "172.30.1.2"],
  ["host1", "vrouter", "oc-host1", "172.30.1.2"],
  ["engine-host2", "engine", "oc-host2", "172.30.2.2"],
  ["host2", "vrouter", "oc-host2", "172.30.2.2"],
  ["resolver", "resolver", "oc-fabric", "172.30.1.1"],
  ["devcloud", "devcloud", "oc-cloud", "172.30.20.2"],
  ["cloudstack-plugin", "plugin", "oc-cloud", "172.30.20.2"],
] as const;

const URLS: Readonly<Record<string, (address: string) => Readonly<Record<string, string>>>> = {
  config: (address) => ({
    rest: "http://127.0.0.1:8082",
    introspect: "http://127.0.0.1:8084",
    bus: `grpcs://${address}:9094`,
  }),
  control: (address) => ({
    introspect: "http://127.0.0.1:8083",
    bgp: `bgp://${address}:179`,
    agents: `grpcs://${address}:5269`,
  }),
  vrouter: () => ({ ports: "http://127.0.0.1:9091", introspect: "http://127.0.0.1:8085" }),
  engine: () => ({}),
  resolver: (address) => ({ dns: `dns://${address}:53` }),
  plugin: () => ({ introspect: "http://127.0.0.1:8096", events: "http://127.0.0.1:8095/cloudstack/events" }),
  devcloud: () => ({ api: "http://127.0.0.1:8080" }),
};
/** Names of sockets, and what stands in their file names after the node's. */
const SOCKETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  config: { introspect: "-introspect", rest: "-rest" },
  control: { introspect: "-introspect" },
  vrouter: { introspect: "-introspect", ports: "-ports" },
  engine: { engine: "-engine" },
  plugin: { introspect: "-introspect", extension: "", control: "-control" },
  devcloud: { introspect: "-introspect", api: "" },
};
const HEALTHY = 0;
const DEGRADED = 3;
const DEADLINE_MS = 60_000;

/** `contrail status`: its fixed form, and what it says of a node that is down. */
export function statusTests(under: SystemUnderTest): void {
  const engine = under.form === "ebpf" ? "ebpf" : "typescript";
  scenario(under, "status --json lists every node with its role, namespace, address, URLs and sockets", (system) =>
    statusAsJson(system, engine),
  );
  scenario(under, "status for people names each node and the engine with its reason", (system) =>
    statusForPeople(system, engine),
  );
  scenario(
    under,
    "a control node that stays down is named, by itself, its peer and the hosts; then all is well",
    nodeThatIsDown,
  );
}

/** What commands say of nodes that hang. */
export function hangTests(under: SystemUnderTest): void {
  scenario(
    under,
    "a node that hangs is named with its log, by status and by what needs it; nothing waits for it",
    nodesThatHang,
  );
}

async function statusAsJson(system: EmbeddedSystem, engine: string): Promise<void> {
  await system.healthy(DEADLINE_MS);
  const end = await system.contrail("status", "--json");
  expect([end.code, end.stderr]).toEqual([HEALTHY, ""]);
  const state = JSON.parse(end.stdout) as SystemState; // Its form is what is tested.
  expect(state).toMatchObject({
    state: "healthy",
    engine,
    engineReason: expect.stringMatching(/.{5}/),
    wideListeners: [],
    machines: [],
    cloudMachines: [],
  });
  expect(state.nodes).toEqual(nodesOf(engine, state.directories.run));
  const pids = state.nodes.map(({ pid }) => pid);
  expect(new Set(pids).size).toBe(pids.length);
  for (const pid of [...pids, state.supervisorPid]) expect(isAlive(pid)).toBe(true);
}

/** The nodes as status has to show them. */
function nodesOf(engine: string, run: string): readonly unknown[] {
  return NODES.filter(([, role]) => engine === "typescript" || role !== "engine").map(
    ([name, role, namespace, address]) => ({
      name,
      role,
      namespace,
      address,
      pid: expect.any(Number),
      urls: URLS[role]?.(address),
      sockets: Object.fromEntries(
        Object.entries(SOCKETS[role] ?? {}).map(([socket, end]) => [
          socket,
          `${run}/${name.replace("engine-", "")}${end}.sock`,
        ]),
      ),
      engine: role === "vrouter" ? engine : null,
      state: "running",
      answers: role === "engine" || role === "resolver" ? null : true,
      problem: null,
      notes: [],
      restarts: 0,
    }),
  );
}

async function statusForPeople(system: EmbeddedSystem, engine: string): Promise<void> {
  const { code, stdout } = await system.contrail("status");
  expect(code).toBe(HEALTHY);
  expect(stdout).toMatch(new RegExp(`^healthy, ${engine} data plane \\(.+\\)`));
  for (const [name, role] of NODES)
    if (engine === "typescript" || role !== "engine") expect(stdout).toContain(`\n${name} `);
}

async function nodeThatIsDown(system: EmbeddedSystem): Promise<void> {
  const killing = keepDown(system, ["control1"]);
  try {
    for (const name of ["host1", "host2", "control2"]) {
      await eventually(`${name} sees the loss`, DEADLINE_MS, async () => (await system.node(name)).problem !== null);
    }
    const { code, stdout } = await system.contrail("status", "--json");
    expect(code).toBe(DEGRADED);
    const { state, nodes } = JSON.parse(stdout) as SystemState; // Tested above.
    const problem = (name: string): string | null | undefined => nodes.find((node) => node.name === name)?.problem;
    expect(state).toBe("degraded");
    expect(problem("config")).toBeNull();
    expect(problem("control2")).toBe("no BGP session with control1; is it up?");
    for (const host of ["host1", "host2"]) {
      expect(problem(host)).toBe("control node 172.30.11.2:5269 is not reached; is it up?");
    }
    expect(problem("control1")).toMatch(/its log/);
    expect((await system.contrail("status")).stdout).toMatch(/^degraded.*[\s\S]*no BGP session with control1/);
  } finally {
    killing.stop();
  }
  await system.healthy(DEADLINE_MS);
  expect((await system.contrail("status")).code).toBe(HEALTHY);
  expect(system.told).toMatch(/control1: it ended with SIGKILL, starting again; its log: .*control1\.log/);
  expect(system.told).toContain("control1 runs again");
}

/** Nodes, and commands that then fail with a text. */
const HANGING: readonly (readonly [node: string, ...failing: (readonly [text: string, ...command: string[]])[]])[] = [
  [
    "host2",
    ["host2 does not answer in 2 s", "demo"],
    ["host2 does not answer: ", "vif"],
    ["host2 does not answer: ", "dropstats"],
  ],
  [
    "devcloud",
    ["see: contrail status", "cs", "listHosts"],
    ["devcloud does not answer in 2 s", "machine", "exec", "i-2-1-VM", "true"],
  ],
  ["config", ["see: contrail status", "api", "list", "virtual-network"]],
];

async function nodesThatHang(system: EmbeddedSystem): Promise<void> {
  for (const [name, ...failing] of HANGING) {
    await whileItHangs(system, name, async () => {
      const { code, stdout } = await system.contrail("status", "--json");
      const { state, nodes } = JSON.parse(stdout) as SystemState; // Tested above.
      const node = nodes.find((each) => each.name === name);
      expect([code, state, node?.state, node?.answers]).toEqual([DEGRADED, "degraded", "running", false]);
      expect(node?.problem).toMatch(new RegExp(`^does not answer in 2 s; its log: .*/log/${name}\\.log$`));
      const list = await system.contrail("machine", "list");
      expect([list.code, list.stderr.includes("CloudStack's machines are not listed")]).toEqual([
        0,
        name === "devcloud",
      ]);
      for (const [text, ...command] of failing) await fails(system, text, ...command);
    });
  }
  await whileItHangs(system, "control1", async () => {
    // What the other one knows is shown all the same.
    const { code, stdout, stderr } = await system.contrail("bgp", "summary");
    expect([code, stderr]).toEqual([1, expect.stringContaining("control1 does not answer")]);
    expect(stdout).toMatch(/control2 +control1 +172\.30\.11\.2 /);
  });
}

/** Stops a node's process, lets it go on after the work, and waits until all is well. */
async function whileItHangs(system: EmbeddedSystem, name: string, work: () => Promise<void>): Promise<void> {
  const { pid } = await system.node(name);
  if (pid === null) throw new Error(`${name} does not run`);
  process.kill(pid, "SIGSTOP");
  try {
    await work();
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await system.healthy(DEADLINE_MS);
}

function isAlive(pid: number | null): boolean {
  if (pid === null) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
