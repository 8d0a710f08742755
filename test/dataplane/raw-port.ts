import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { eventually, type Lab } from "./lab.ts";
import { script } from "./overlay-lab.ts";

/** The cable of a device: any frame can be put on it, and what the device received can be looked at. */
export class RawPort {
  readonly #child: ChildProcess;
  readonly #frames: Buffer[] = [];
  #ready = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready") this.#ready = true;
      else this.#frames.push(Buffer.from(line, "hex"));
    });
  }

  static async open(lab: Lab, namespace: string, device: string): Promise<RawPort> {
    const port = new RawPort(lab.startTold(namespace, process.execPath, script("raw-port-main.ts"), device));
    await eventually(`${device} of ${namespace} is open`, async () => port.#ready);
    return port;
  }

  send(frame: Uint8Array): void {
    this.#child.stdin?.write(`${Buffer.from(frame).toString("hex")}\n`);
  }

  /** Received frames that hold the text; all of a test's frames carry one of their own. */
  received(text: string): readonly Buffer[] {
    return this.#frames.filter((frame) => frame.includes(text));
  }
}
