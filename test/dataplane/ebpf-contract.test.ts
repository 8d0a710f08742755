import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATA_PLANE_CONTRACT, type DataPlane } from "@contrail/dataplane";
import { openEbpfDataPlane } from "@contrail/dataplane-ebpf";
import { silentLogger } from "@contrail/observability";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ebpfMissing, named } from "./ebpf-needs.ts";

/** A BPF file system of the test's own: nothing of the machine's is touched. */
let mountPoint = "";

beforeAll(() => {
  if (ebpfMissing !== undefined) return;
  mountPoint = mkdtempSync(join(tmpdir(), "oct-bpf-"));
  execFileSync("mount", ["-t", "bpf", "oct", mountPoint]);
});

afterAll(() => {
  if (mountPoint === "") return;
  execFileSync("umount", [mountPoint]);
  rmdirSync(mountPoint);
});

function open(name: string): DataPlane {
  return openEbpfDataPlane({ pinDirectory: join(mountPoint, name), logger: silentLogger });
}

test.skipIf(ebpfMissing !== undefined).each(DATA_PLANE_CONTRACT.map((item) => [named(item.name), item] as const))(
  "%s",
  { timeout: 30_000 },
  async (_name, item) => {
    const dataPlane = open("contract");
    let last = dataPlane;
    await item.run({
      dataPlane,
      reopen: async () => {
        await dataPlane.close();
        last = open("contract");
        return last;
      },
    });
    await last.destroy();
    expect(existsSync(join(mountPoint, "contract"))).toBe(false);
  },
);

test.skipIf(ebpfMissing !== undefined)(named("a directory that is on no BPF file system is refused"), () => {
  const options = { pinDirectory: join(tmpdir(), "oct-no-bpf"), logger: silentLogger };
  expect(() => openEbpfDataPlane(options)).toThrow(/mount -t bpf/);
});
