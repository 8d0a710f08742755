// `node deploy/images/build.mjs`: builds the images of deploy/compose, as root, without an image registry: a base of Debian's
// packages by debootstrap, Cassandra and Kafka of their jars, the services of this repository.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { goPrograms } from "../setup/go-programs.mjs";
import { ensurePackages, ROOT, run, say } from "../setup/packages.mjs";
import { ensureImageTools } from "../setup/tools.mjs";

const RELEASE = "bookworm";
const BASE = ["ca-certificates", "curl", "iproute2", "iputils-ping", "libbpf1", "libstdc++6"];
const BALANCER = ["ca-certificates", "curl", "haproxy"];
const JAVA = ["ca-certificates", "openjdk-17-jre-headless"];
const WORK = join(ROOT, ".contrail/images");
const JARS = join(ROOT, ".contrail/cache/infra");
/** What of the repository runs; tests and documents do not. */
const SOURCES = [
  "package.json",
  "package-lock.json",
  "packages",
  "services",
  "deploy/images",
  "deploy/infra",
  "deploy/cloudstack",
];
const env = { ...process.env, DOCKER_BUILDKIT: "0" };

/** Runs a command; throws with what it was. */
async function must(command, args, options = {}) {
  const code = await run(command, args, { env, ...options });
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 4).join(" ")} ended with code ${code}`);
}

/** An image of Debian's packages; a root that was made before is used again. */
async function debian(name, packages) {
  const root = join(WORK, name);
  if (!existsSync(root)) {
    say(`making ${name} of Debian's packages (once, about a minute)`);
    const partial = `${root}.new`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(WORK, { recursive: true });
    await must("debootstrap", ["--variant=minbase", `--include=${packages.join(",")}`, RELEASE, partial]);
    renameSync(partial, root);
  }
  const tag = `opencontrail/${name}`;
  const leftOut = ["./var/cache/apt/archives", "./var/lib/apt/lists", "./usr/share/doc", "./usr/share/man", "./dev"];
  const tar = `tar -C '${root}' ${leftOut.map((path) => `--exclude=${path}`).join(" ")} -c .`;
  await must("sh", ["-c", `${tar} | docker import - ${tag} >/dev/null`]);
}

/** Programs and libraries as they are run, without what only tests and checks use. */
async function stageServices() {
  const context = join(WORK, "services");
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  const isWanted = (path) => !/\/(node_modules|dist|\.turbo)(\/|$)|\.test\.ts$/.test(path.slice(ROOT.length));
  for (const source of SOURCES)
    cpSync(join(ROOT, source), join(context, source), { recursive: true, filter: isWanted });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await must("npm", ["ci", "--omit=dev", ...quiet], { cwd: context });
  return context;
}

/** Builds opencontrail/NAME of deploy/images/NAME/Dockerfile. */
function image(name, context) {
  const file = join(ROOT, "deploy/images", name, "Dockerfile");
  return must("docker", ["build", "-q", "-t", `opencontrail/${name}`, "-f", file, context]);
}

function answers(command, args) {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Debian 12 has no Compose 2: it is built and given to this user's Docker. */
async function ensureCompose() {
  if (answers("docker", ["compose", "version"])) return;
  const plugins = join(homedir(), ".docker/cli-plugins");
  const program = join(await goPrograms("docker-compose"), "docker-compose");
  mkdirSync(plugins, { recursive: true });
  cpSync(program, join(plugins, "docker-compose"));
}

async function build() {
  await ensurePackages();
  await ensureImageTools(!answers("docker", ["compose", "version"]));
  await ensureCompose();
  if (!answers("docker", ["version"])) throw new Error("no Docker engine answers (see docs/deployment.md)");
  await debian("base", BASE);
  await debian("balancer-base", BALANCER);
  await debian("java", JAVA);
  await must(join(ROOT, "node_modules/.bin/node"), [join(ROOT, "services/cli/src/main.ts"), "infra", "fetch"]);
  for (const kind of ["cassandra", "kafka"]) {
    const jars = readdirSync(JARS).filter((name) => name.startsWith(`${kind}-`) && !/\.\d{3,}$/.test(name));
    await image(kind, join(JARS, jars.sort().at(-1)));
  }
  await image("balancer", join(ROOT, "deploy/images/balancer"));
  await image("services", await stageServices());
  say("built: opencontrail/base, balancer, java, cassandra, kafka, services");
}

try {
  await build();
} catch (reason) {
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  process.exitCode = 1;
}
