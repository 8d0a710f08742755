import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pythonEnvironment } from "@contrail/testkit/python";

/** The published client, and what it needs and does not declare; exact, so that a run tomorrow tests the same. */
const PACKAGES = ["contrail-api-client==2005", "future==1.0.0", "six==1.17.0", "requests==2.32.4"] as const;
const INSTALL_TIMEOUT_MS = 170_000;

/** Why the client cannot be run on this machine; undefined where it can. */
export function missingPython(): string | undefined {
  try {
    // ensurepip is what Debian's python3 lacks until python3-venv is installed.
    execFileSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "needs python3 with venv (packages python3, python3-venv)";
  }
}

/** The interpreter of a virtual environment with the client in it; made at the first call, then kept. */
export function pythonWithClient(): string {
  return join(pythonEnvironment("python-client-2005", PACKAGES, INSTALL_TIMEOUT_MS), "python");
}
