// npm packages of the lockfile, installed once.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

const STAMP = join(ROOT, "node_modules/.contrail-setup");
const OLDEST_NODE = 20;

/** Installs node_modules unless they are those of the lockfile. Rejects with the next step where it cannot. */
export async function ensurePackages() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Error(`Node ${OLDEST_NODE} or later is needed to install; this is ${process.version}`);
  }
  const wanted = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  say("installing npm packages of package-lock.json into node_modules (Node 24 and libraries; once, 15 s to a minute)");
  const startedAt = Date.now();
  const timer = setInterval(() => say(`still installing, ${Math.round((Date.now() - startedAt) / 1000)} s`), 10_000);
  const code = await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  clearInterval(timer);
  if (code !== 0)
    throw new Error(`npm ci failed with code ${code}; is a package registry reachable? Then run this again.`);
  writeFileSync(STAMP, wanted);
  say(`installed in ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** A line of progress; stdout is for results. */
export function say(text) {
  process.stderr.write(`· ${text}\n`);
}

/** Runs a command with its output on stderr; gives its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], ...options });
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
