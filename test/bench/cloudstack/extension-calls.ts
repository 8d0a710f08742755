import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConfigNodeProcess, type MachineCall, PluginProcess, SCRIPT, startOf } from "@contrail/test-contract";

const run = promisify(execFile);

/**
 * Milliseconds of whole processes of opencontrail.sh, as CloudStack runs them: one after the other, the calls of machines
 * that start, each with the ensure-network-device before it. Rejects where one has not its effect.
 */
export async function extensionCalls(count: number, signal: AbortSignal): Promise<readonly number[]> {
  const directory = mkdtempSync(join(tmpdir(), "contrail-bench-extension-"));
  const configSocket = join(directory, "rest.sock");
  const node = new ConfigNodeProcess(["--rest-socket", configSocket]);
  const plugin = new PluginProcess(directory, configSocket);
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", OPENCONTRAIL_PLUGIN: plugin.socket };
  try {
    await node.run();
    await plugin.run();
    const times: number[] = [];
    for (let machine = 0; times.length < count + WARM; machine++) {
      for (const [command, payload] of withEnsures(startOf(1 + Math.floor(machine / 50), machine % 50))) {
        signal.throwIfAborted();
        const file = join(directory, "payload.json");
        writeFileSync(file, JSON.stringify({ "physical-network-extension-details": {}, payload }));
        const startedAt = performance.now();
        await run("/bin/sh", [SCRIPT, command, file, "60"], { env });
        times.push(performance.now() - startedAt);
      }
    }
    return times.slice(WARM, WARM + count);
  } finally {
    await plugin.kill();
    await node.stop();
    rmSync(directory, { recursive: true });
  }
}

/** Calls that warm caches of files and code, and are not counted. */
const WARM = 50;

function withEnsures(calls: readonly MachineCall[]): readonly MachineCall[] {
  const own = calls.filter(([command]) => command !== "ensure-network-device");
  return own.flatMap((call): readonly MachineCall[] => [["ensure-network-device", call[1]], call]);
}
