import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = join(dirname(fileURLToPath(import.meta.url)), "../../../.contrail/cache");
/** Makes the environment in the folder $0 with the packages "$@", unless somebody else has while this one waited. */
const MAKE = `test -e "$0/complete" && exit 0
rm -rf "$0"
python3 -m venv "$0" && "$0/bin/python" -m pip install --quiet --disable-pip-version-check "$@" && mkdir "$0/complete"`;

/**
 * The folder of programs of a virtual environment with these packages in it; made under its name at the first call, then
 * kept. Test files that run at the same time share it. Throws where it cannot be made within the time.
 */
export function pythonEnvironment(name: string, packages: readonly string[], installTimeoutMs: number): string {
  const folder = join(CACHE, name);
  const programs = join(folder, "bin");
  if (existsSync(join(folder, "complete"))) return programs;
  process.stderr.write(`installing ${packages.join(", ")} into ${folder}\n`);
  mkdirSync(CACHE, { recursive: true });
  execFileSync("flock", [`${folder}.lock`, "sh", "-c", MAKE, folder, ...packages], {
    stdio: ["ignore", "ignore", "inherit"],
    timeout: installTimeoutMs,
  });
  return programs;
}
