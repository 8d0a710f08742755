import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { OURS } from "./network.ts";
import type { SpeakerCommand, SpeakerEvent } from "./speaker-protocol.ts";

/** The speaker process in our namespace, and everything that it has said. */
export class SpeakerClient {
  readonly events: SpeakerEvent[] = [];
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exited: Promise<void>;

  constructor() {
    const program = fileURLToPath(new URL("speaker-process.ts", import.meta.url));
    const command = ["netns", "exec", OURS.namespace, process.execPath, program, OURS.address];
    this.#child = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
    this.#exited = new Promise((resolve) => this.#child.once("close", () => resolve()));
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      // The lines are those of speaker-process.ts.
      this.events.push(JSON.parse(line) as SpeakerEvent);
    });
  }

  /** Events of one kind, of one peer where it is given. */
  of<Kind extends SpeakerEvent["kind"]>(kind: Kind, peer?: string): Extract<SpeakerEvent, { kind: Kind }>[] {
    return this.events.filter(
      (event): event is Extract<SpeakerEvent, { kind: Kind }> =>
        event.kind === kind && (peer === undefined || !("peer" in event) || event.peer === peer),
    );
  }

  tell(command: SpeakerCommand): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** Lets it close its sessions. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
  }
}
