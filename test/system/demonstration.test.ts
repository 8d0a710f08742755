import { once } from "node:events";
import { createServer } from "node:net";
import {
  addedSince,
  eventually,
  missingFor,
  RunEnvironment,
  type Snapshot,
  type StartedCommand,
  type SystemForm,
  withReason,
} from "@contrail/testkit/embedded";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const FORMS: readonly SystemForm[] = ["ebpf", "typescript", "user"];
/** Which engine runs, and why, as progress tells it. */
const ENGINE: Readonly<Record<SystemForm, RegExp>> = {
  ebpf: /\(ebpf data plane: root, and the kernel has what the programs need\)/,
  typescript: /\(typescript data plane: asked for by --engine\)/,
  user: /\(typescript data plane: a plain user may not load eBPF programs\)/,
};
/** The step after which the demonstration is interrupted: while machines are probed, flows run, a control node is down. */
const LAST_STEP = { ebpf: 4, user: 1 };
const DEMONSTRATION_MS = 240_000;
const STOP_MS = 60_000;
const UP_MS = 90_000;
/** Exit code of what kill -9 has ended, as shells give it. */
const KILLED = 137;
/** Within this a forked process is the program that it was forked for, also on a busy machine. */
const FORK_MS = 1_000;

interface StepLine {
  readonly step: number;
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly seconds: number;
}

describe.each(FORMS)("the embedded system, form %s", (form) => {
  const missing = missingFor(form);
  if (missing !== undefined) process.stderr.write(`form ${form} is skipped: ${missing}\n`);
  let run: RunEnvironment;
  let before: Snapshot;

  beforeEach(() => {
    if (missing !== undefined) return;
    run = new RunEnvironment(form);
    before = run.snapshot();
  });
  afterEach(() => run?.close());

  /** Names of what was added to the machine since the test began; empty as soon as nothing is. */
  const left = async (): Promise<readonly string[]> => {
    const added = (): readonly string[] => addedSince(before, run.snapshot());
    await eventually("nothing is left", 10_000, () => added().length === 0).catch(() => {}); // Told by the caller, with names.
    return added();
  };
  const up = async (): Promise<StartedCommand> => {
    const command = run.start("--json");
    await command.said("it is up", UP_MS, ({ stdout }) => stdout.includes("\n"));
    return command;
  };
  const scenario = (name: string, work: () => Promise<void>): void => {
    test.skipIf(missing !== undefined)(withReason(name, missing), work);
  };

  scenario("--once --json runs seven steps that hold, says which engine runs and why, and leaves nothing", async () => {
    const end = await run.start("--once", "--json").end(DEMONSTRATION_MS);
    const lines = end.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as StepLine); // A line that is no JSON throws.
    process.stderr.write(
      lines.map(({ step, detail, seconds }) => `${form} ${step}: ${detail} (${seconds.toFixed(1)} s)\n`).join(""),
    );
    expect(lines.map(({ step, ok }) => [step, ok])).toEqual([1, 2, 3, 4, 5, 6, 7].map((step) => [step, true]));
    for (const { title, detail, seconds } of lines)
      expect([title, detail, seconds > 0]).toEqual([expect.stringMatching(/.{10}/), expect.stringMatching(/\d/), true]);
    expect(end.code).toBe(0);
    expect(end.stderr).toMatch(ENGINE[form]);
    expect(await left()).toEqual([]);
  });

  scenario("Ctrl-C ends a system that is up, with code 0 and nothing left", async () => {
    const command = await up();
    expect(addedSince(before, run.snapshot()).length).toBeGreaterThan(10);
    command.signal("SIGINT", "group");
    expect((await command.end(STOP_MS)).code).toBe(0);
    expect(await left()).toEqual([]);
  });

  // The system of a plain user has this engine too; what follows depends on no other thing of it.
  if (form === "typescript") return;

  scenario("Ctrl-C in the middle of the demonstration leaves nothing", async () => {
    const command = run.start("--once", "--json");
    await command.said("steps are done", DEMONSTRATION_MS, ({ stdout }) =>
      stdout.includes(`"step":${LAST_STEP[form]},`),
    );
    command.signal("SIGINT", "group");
    expect((await command.end(STOP_MS)).code).not.toBe(0);
    expect(await left()).toEqual([]);
  });

  scenario("a supervisor that is killed under load leaves nothing after the next start and stop", async () => {
    const command = run.start("--once", "--json");
    await command.said("machines talk", DEMONSTRATION_MS, ({ stdout }) => stdout.includes('"step":1,'));
    process.kill(await supervisorOf(run), "SIGKILL");
    expect((await command.end(STOP_MS)).code).toBe(KILLED);
    for (const args of [["api", "list", "virtual-network"], ["cloudstack", "status"], ["vif"], ["cs", "listHosts"]]) {
      const { code, stdout, stderr } = await run.contrail(args).end(STOP_MS);
      expect([args, code, stdout, stderr]).toEqual([args, 1, "", expect.stringContaining("start one by: npm start")]);
    }
    const next = await up();
    next.signal("SIGTERM", "command");
    expect((await next.end(STOP_MS)).code).toBe(0);
    expect(await left()).toEqual([]);
  });

  scenario("SIGTERM while the system starts leaves nothing", async () => {
    const command = run.start("--json");
    await command.said("processes are started", UP_MS, ({ stderr }) => stderr.includes("starting"));
    command.signal("SIGTERM", "command");
    expect((await command.end(STOP_MS)).stdout).toBe("");
    expect(await left()).toEqual([]);
  });

  scenario(
    "the printed commands work; CloudStack's machines are there again after kill -9 and a new start",
    async () => {
      const first = run.start();
      await first.said("it is up", UP_MS, ({ stdout }) => stdout.includes("Then: "));
      const printed = first.stdout.split("\n").filter((line) => line.startsWith("  npm run "));
      expect(printed).toHaveLength(3);
      let list = "";
      for (const line of printed) {
        const { code, stdout, stderr } = await run.shell(line).end(STOP_MS);
        expect([line, code, stderr]).toEqual([line, 0, ""]);
        list = stdout;
      }
      const { instanceName, address } = machineIn(list);
      process.kill(await supervisorOf(run), "SIGKILL");
      await first.end(STOP_MS);
      const next = await up();
      const inside = await run.contrail(["machine", "exec", instanceName, "ip", "-4", "addr"]).end(STOP_MS);
      expect(inside.stdout).toContain(`inet ${address}/24`);
      expect(await run.contrail(["status"]).end(STOP_MS)).toMatchObject({ code: 0 });
      next.signal("SIGTERM", "command");
      expect((await next.end(STOP_MS)).code).toBe(0);
      expect(await left()).toEqual([]);
    },
  );

  scenario("down removes what a killed supervisor has left, and says so", async () => {
    const first = await up();
    process.kill(await supervisorOf(run), "SIGKILL");
    await first.end(STOP_MS);
    const status = await run.contrail(["status"]).end(STOP_MS);
    expect([status.code, status.stderr]).toEqual([1, expect.stringMatching(/was killed has left .* contrail down/)]);
    const down = await run.contrail(["down"]).end(STOP_MS);
    expect([down.code, down.stderr]).toEqual([0, expect.stringContaining("what one left that was killed is removed")]);
    expect(await left()).toEqual([]);
    expect(await run.contrail(["down"]).end(STOP_MS)).toMatchObject({ code: 1 });
  });

  scenario("a demonstration that the system's Ctrl-C cuts off is gone when it is up again", async () => {
    const first = await up();
    const demo = run.contrail(["demo"]);
    await demo.said("machines talk", DEMONSTRATION_MS, ({ stdout }) => stdout.includes("2. "));
    first.signal("SIGINT", "group");
    await first.end(STOP_MS);
    const end = await demo.end(STOP_MS);
    expect([end.code, end.stderr]).toEqual([1, expect.stringContaining("its next start removes what is left")]);
    const next = await up();
    expect(next.stderr).toContain("removing what is left of a demonstration");
    const list = await run.contrail(["machine", "list", "--json"]).end(STOP_MS);
    expect([list.code, list.stdout]).toEqual([0, "[]\n"]);
    const domains = await run.contrail(["cs", "listDomains", "listall=true"]).end(STOP_MS);
    expect([domains.code, domains.stdout.includes("demo-a")]).toEqual([0, false]);
    next.signal("SIGTERM", "command");
    expect((await next.end(STOP_MS)).code).toBe(0);
    expect(await left()).toEqual([]);
  });

  scenario("a port of CloudStack's API that is taken ends the start with what to do, and leaves nothing", async () => {
    const other = createServer().listen(8_080, "127.0.0.1");
    await once(other, "listening");
    try {
      const { code, stdout, stderr } = await run.start().end(UP_MS);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/127\.0\.0\.1:8080; end the program that has the port, .*--cloud-port 8090/);
    } finally {
      other.close();
    }
    expect(await left()).toEqual([]);
  });
});

describe("the embedded system of a plain user", () => {
  const missing = missingFor("user");

  test.skipIf(missing !== undefined)(
    withReason("it ends by itself, and leaves nothing, when the process that started it is killed", missing),
    async () => {
      const run = new RunEnvironment("user");
      try {
        const before = run.snapshot();
        const command = run.start("--json");
        await command.said("it is up", UP_MS, ({ stdout }) => stdout.includes("\n"));
        process.kill(Math.min(...upProcesses(run.snapshot())), "SIGKILL");
        await eventually("nothing is left", STOP_MS, () => {
          const added = addedSince(before, run.snapshot());
          if (added.length > 0) throw new Error(added.join("; "));
          return true;
        });
      } finally {
        await run.close();
      }
    },
  );
});

/** The one machine of CloudStack in the output of `machine list`. */
function machineIn(list: string): { readonly instanceName: string; readonly address: string } {
  const [, instanceName = "", address = ""] = /^(i-\d+-\d+-VM) +host[12] +(\S+)/m.exec(list) ?? [];
  expect(list).toContain(`${instanceName} `);
  expect(address).toMatch(/^10\.9\.0\.\d+$/);
  return { instanceName, address };
}

/**
 * The youngest `contrail up`: a plain user's supervisor is started by another one, which waits for it. What a supervisor
 * has just forked looks like it until it becomes another program.
 */
async function supervisorOf(run: RunEnvironment): Promise<number> {
  const before = new Set(upProcesses(run.snapshot()));
  await new Promise((resolve) => setTimeout(resolve, FORK_MS));
  return Math.max(...upProcesses(run.snapshot()).filter((pid) => before.has(pid)));
}

/** Process ids of `contrail up`. */
function upProcesses({ processes }: Snapshot): readonly number[] {
  const pids = processes
    .filter((line) => /services\/cli\/src\/main\.ts up/.test(line))
    .map((line) => Number.parseInt(line, 10));
  if (pids.length === 0) throw new Error(`there is no supervisor among ${processes.join("; ")}`);
  return pids;
}
