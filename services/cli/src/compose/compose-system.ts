import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ContrailError } from "@contrail/errors";
import { type CallBounds, callSocket } from "@contrail/machine";
import { VncClient } from "@contrail/vnc-client";
import type { DemoNode, DemoSystem } from "../demo/demo-system.ts";
import { Cloud } from "../supervisor/cloud.ts";

const run = promisify(execFile);
const START_DEADLINE_MS = 60_000;
const CHECK_MS = 50;

/** The system of deploy/compose on this machine, for the demonstration: sockets in its directory, nodes in containers. */
export class ComposeSystem implements DemoSystem {
  readonly vnc: VncClient;
  readonly cloud: Cloud;
  readonly #stopping = new AbortController();
  readonly #run: string;
  readonly #compose: readonly string[];

  /** state: the directory that `contrail compose prepare` made; files: the compose files in use. */
  constructor(state: string, files: readonly string[]) {
    this.#run = join(state, "run");
    const named = files.flatMap((file) => ["-f", file]);
    this.#compose = ["compose", ...named, "--env-file", join(state, "compose.env")];
    this.vnc = new VncClient({ socketPath: join(this.#run, "config-rest.sock") });
    this.cloud = new Cloud({ state: this.#run, run: this.#run, lock: "", temporary: false });
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Ends a demonstration that runs. */
  stop(): void {
    this.#stopping.abort(new ContrailError("stopped", "stopped"));
  }

  track<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  introspect(node: string, page: string, bounds: CallBounds = {}): Promise<unknown> {
    return callSocket(join(this.#run, `${node}-introspect.sock`), "GET", `/${page}`, undefined, bounds);
  }

  /** The container of a node; a host's is that of its agent: the host's namespace is another one's, and stays. */
  node(name: string): DemoNode {
    const service = name.replace(/^host/, "agent");
    const compose = async (...args: readonly string[]): Promise<void> => {
      await run("docker", [...this.#compose, ...args, service]);
    };
    return {
      kill: () => compose("kill", "--signal", "SIGKILL"),
      start: async () => {
        await compose("start");
        const deadline = performance.now() + START_DEADLINE_MS;
        while (!(await this.#answers(name))) {
          if (performance.now() > deadline) throw new ContrailError("demo.failed", `${service} does not answer`);
          await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
        }
      },
    };
  }

  #answers(name: string): Promise<boolean> {
    return this.introspect(name, "status", { deadlineMs: 1_000 }).then(
      () => true,
      () => false,
    );
  }
}
