// npm packages of the lockfile, installed once.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

const STAMP = join(ROOT, "node_modules/.contrail-setup");
/** What npm has installed, in the form of a lockfile. */
const INSTALLED = join(ROOT, "node_modules/.package-lock.json");
const OLDEST_NODE = 20;

/** Installs node_modules unless they are those of the lockfile. Rejects with the next step where it cannot. */
export async function ensurePackages() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Error(`Node ${OLDEST_NODE} or later is needed to install; this is ${process.version}`);
  }
  const lockfile = readFileSync(join(ROOT, "package-lock.json"), "utf8");
  const wanted = createHash("sha256").update(lockfile).digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  if (isInstalled(JSON.parse(lockfile).packages)) return writeFileSync(STAMP, wanted);
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

/**
 * Whether npm has installed these packages of a lockfile already (`npm ci` by hand): npm writes a lockfile of its own into
 * node_modules at the end. What is optional may be missing there.
 */
function isInstalled(packages) {
  if (!existsSync(INSTALLED)) return false;
  const installed = JSON.parse(readFileSync(INSTALLED, "utf8")).packages;
  const wanted = Object.entries(packages).filter(([path]) => path.startsWith("node_modules/"));
  return (
    Object.keys(installed).every((path) => path in packages) &&
    wanted.every(([path, { version, integrity, resolved, optional, devOptional }]) => {
      const found = installed[path];
      if (found === undefined) return optional === true || devOptional === true;
      return found.version === version && found.integrity === integrity && found.resolved === resolved;
    })
  );
}

/** A line of progress; stdout is for results. */
export function say(text) {
  process.stderr.write(`· ${text}\n`);
}

/** Runs a command with its output on stderr, also where `stdio` asks for pipes; gives its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], ...options });
    for (const output of [child.stdout, child.stderr]) output?.pipe(process.stderr, { end: false });
    child.once("error", () => resolve(127));
    child.once("close", (code) => resolve(code ?? 1));
  });
}
