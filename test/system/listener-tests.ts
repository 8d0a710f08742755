import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createAuthority, identityFiles, issue } from "@contrail/pki";
import { inNamespace, NamespaceProbe } from "@contrail/testkit/embedded";
import { expect } from "vitest";
import { type SystemUnderTest, scenario } from "./running-system.ts";
import type { AttemptResult } from "./tls-attempt.ts";

/** Metadata, passwords and names: sockets of an agent that take what comes by the punt device only. */
const FOR_MACHINES = ["169.254.159.252", "169.254.159.253", "169.254.159.254"].flatMap((address) =>
  [8_097, 8_098, 8_099].map((port) => `${address}%pkt0a:${port}`),
);
/** Every TCP listener of every namespace. */
const LISTENERS: Readonly<Record<string, readonly string[]>> = {
  "oc-fabric": [],
  "oc-cloud": ["127.0.0.1:8080", "127.0.0.1:8095", "127.0.0.1:8096"],
  "oc-config": ["127.0.0.1:8082", "127.0.0.1:8084", "172.30.10.2:9094"],
  "oc-control1": ["127.0.0.1:8083", "172.30.11.2:179", "172.30.11.2:5269"],
  "oc-control2": ["127.0.0.1:8083", "172.30.12.2:179", "172.30.12.2:5269"],
  "oc-host1": ["127.0.0.1:8085", "127.0.0.1:9091", ...FOR_MACHINES],
  "oc-host2": ["127.0.0.1:8085", "127.0.0.1:9091", ...FOR_MACHINES],
};
/** Listeners of services for services, and the certificate that each takes. */
const MUTUAL_TLS = [
  ["bus", "172.30.10.2", 9_094, "control", "control1"],
  ["agents of control1", "172.30.11.2", 5_269, "agent", "host1"],
  ["agents of control2", "172.30.12.2", 5_269, "agent", "host1"],
] as const;
const PROGRAM = join(import.meta.dirname, "tls-attempt.ts");
const FROM = "oc-host1";

/** Which listeners there are, and whom they refuse. */
export function listenerTests(under: SystemUnderTest): void {
  scenario(under, "each namespace has the listeners of its node and no other", async (system) => {
    for (const [namespace, wanted] of Object.entries(LISTENERS)) {
      expect([namespace, listenersIn(namespace)]).toEqual([namespace, [...wanted].sort()]);
    }
    expect(listenersOf((await system.status()).supervisorPid)).toEqual(["127.0.0.1:8080", "127.0.0.1:8082"]);
  });

  for (const [what, address, port, role, name] of MUTUAL_TLS) {
    scenario(
      under,
      `the listener for ${what} takes its own kind and refuses plain text, no certificate and a foreign one`,
      async (system) => {
        const own = identityFiles(join(system.run.state, "pki"), { role, name });
        const right = await attempt(address, port, "certificate", own.caFile, own.certificateFile, own.keyFile);
        expect(right).toMatchObject({ answered: true });
        expect(await attempt(address, port, "plain")).toMatchObject({ answered: false, closed: true });
        expect(await attempt(address, port, "anonymous", own.caFile)).toMatchObject({ answered: false, closed: true });
        await withForeignAuthority(async (directory) => {
          const foreign = await issue(directory, { role, name, addresses: ["172.30.1.2"] });
          const refused = await attempt(
            address,
            port,
            "certificate",
            own.caFile,
            foreign.certificateFile,
            foreign.keyFile,
          );
          expect(refused).toMatchObject({ answered: false, closed: true });
        });
      },
    );
  }

  scenario(under, "a stranger's BGP connection is closed without a word", async () => {
    expect(await attempt("172.30.11.2", 179, "plain")).toMatchObject({ answered: false, closed: true });
  });
}

function attempt(address: string, port: number, ...args: readonly string[]): Promise<AttemptResult> {
  return NamespaceProbe.start(FROM, [address, port, ...args], PROGRAM).then((probe) => probe.finish<AttemptResult>());
}

async function withForeignAuthority(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync("/tmp/contrail-foreign-");
  try {
    await createAuthority(directory);
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function listenersIn(namespace: string): readonly string[] {
  return listening(inNamespace(namespace, ["ss", "-Hltn"])).map(({ local }) => local);
}

function listenersOf(pid: number): readonly string[] {
  return listening(["ss", "-Hltnp"]).flatMap(({ local, line }) => (line.includes(`pid=${pid},`) ? [local] : []));
}

function listening([command = "", ...args]: readonly string[]): readonly { local: string; line: string }[] {
  const lines = execFileSync(command, args, { encoding: "utf8" }).split("\n").filter(Boolean);
  return lines
    .map((line) => ({ local: line.trim().split(/\s+/)[3] ?? "", line }))
    .sort((a, b) => (a.local < b.local ? -1 : 1));
}
