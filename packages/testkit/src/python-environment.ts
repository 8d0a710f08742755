import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = join(dirname(fileURLToPath(import.meta.url)), "../../../.contrail/cache");

/**
 * The folder of programs of a virtual environment with these packages in it; made under its name at the first call, then
 * kept. Throws where it cannot be made within the time.
 */
export function pythonEnvironment(name: string, packages: readonly string[], installTimeoutMs: number): string {
  const folder = join(CACHE, name);
  const programs = join(folder, "bin");
  if (existsSync(join(folder, "complete"))) return programs;
  process.stderr.write(`installing ${packages.join(", ")} into ${folder}\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  execFileSync("python3", ["-m", "venv", folder], { stdio: ["ignore", "ignore", "inherit"] });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages];
  execFileSync(join(programs, "python"), install, {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: installTimeoutMs,
  });
  mkdirSync(join(folder, "unfinished"));
  renameSync(join(folder, "unfinished"), join(folder, "complete"));
  return programs;
}
