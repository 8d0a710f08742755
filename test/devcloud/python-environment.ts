import { execFileSync } from "node:child_process";
import { pythonEnvironment } from "@contrail/testkit/python";

/** The clients, unmodified, and what they need; exact, so that a run tomorrow tests the same. */
const PACKAGES = [
  "cs==5.2.0",
  "apache-libcloud==3.9.1",
  "ansible==12.3.0",
  "ansible-core==2.19.14",
  "requests==2.32.4",
  "sshpubkeys==3.3.1",
] as const;
/** ansible is 60 MB of small files. */
const INSTALL_TIMEOUT_MS = 290_000;

/** Why the clients cannot be run on this machine; undefined where they can. ansible-core 2.19 needs Python 3.11. */
export function missingPython(): string | undefined {
  try {
    const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    execFileSync("python3", ["-c", check], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs python3 3.11 or later with venv (packages python3, python3-venv)";
  }
}

/** The folder of programs of a virtual environment with the clients in it; made at the first call, then kept. */
export function pythonWithClients(): string {
  return pythonEnvironment("cloudstack-clients-2", PACKAGES, INSTALL_TIMEOUT_MS);
}
