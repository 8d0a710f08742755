// Programs written in Go that Debian does not have: built from their modules, once, into .contrail/cache/go.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { arch } from "node:os";
import { basename, join } from "node:path";
import { ROOT, run, say } from "./packages.mjs";

const CACHE = join(ROOT, ".contrail/cache/go");
/** A Go that may be older than a program wants fetches the one it wants by itself from this version on. */
const SELF_FETCHING = [1, 21];
/** What an older one is replaced with. */
const TOOLCHAIN = "go1.25.5";
const ARCHES = { x64: "amd64", arm64: "arm64" };

/** What is built: version and package of each program, by the name that it is called by afterwards. */
const PROGRAMS = {
  "docker-compose": { version: "v2.32.4", packages: { "docker-compose": "github.com/docker/compose/v2/cmd" } },
  gobgp: {
    version: "v4.8.0",
    packages: { gobgpd: "github.com/osrg/gobgp/v4/cmd/gobgpd", gobgp: "github.com/osrg/gobgp/v4/cmd/gobgp" },
  },
};

/** The directory that holds the programs of a name; rejects with what to do where they cannot be built. */
export async function goPrograms(name) {
  const { version, packages } = PROGRAMS[name];
  const directory = join(CACHE, `${name}-${version}`);
  if (existsSync(directory)) return directory;
  const go = await newGo();
  say(`building ${name} ${version} (once, some minutes)`);
  const built = `${directory}.new`;
  rmSync(built, { recursive: true, force: true });
  const wanted = Object.values(packages).map((path) => `${path}@${version}`);
  const env = { ...environment(), GOBIN: built, GOTOOLCHAIN: "auto" };
  if ((await run(go, ["install", ...wanted], { env })) !== 0) {
    throw new Error(
      `${name} could not be built; is a Go module proxy reachable (go env GOPROXY)? Then run this again.`,
    );
  }
  // A binary is called as the last part of its package.
  for (const [program, path] of Object.entries(packages)) {
    const binary = basename(path);
    if (binary !== program) renameSync(join(built, binary), join(built, program));
  }
  // A gigabyte that nothing needs any more.
  await run(go, ["clean", "-modcache", "-cache"], { env: environment() });
  renameSync(built, directory);
  return directory;
}

/**
 * Puts the newest GoBGP at the front of PATH, for the tests and benches that look for gobgpd there. Where it cannot be
 * built, that of Debian stays, and it is said.
 */
export async function preferNewestGoBgp() {
  try {
    process.env.PATH = `${await goPrograms("gobgp")}:${process.env.PATH}`;
  } catch (reason) {
    say(`GoBGP is that of Debian: ${reason.message}`);
  }
}

function environment() {
  return {
    ...process.env,
    GOPATH: join(CACHE, "path"),
    GOCACHE: join(CACHE, "build"),
    GOFLAGS: "-buildvcs=false -modcacherw",
  };
}

/** A Go that can build what is new: the machine's, or one that the machine's older Go fetches. */
async function newGo() {
  const own = [join("/usr/local/go/bin/go"), "go"].find((path) => versionOf(path) !== undefined);
  if (own === undefined) throw new Error("there is no Go: install golang-go");
  if (isSelfFetching(versionOf(own))) return own;
  const target = join(CACHE, TOOLCHAIN);
  const go = join(target, "bin/go");
  if (existsSync(go)) return go;
  say(`fetching ${TOOLCHAIN}`);
  const module = `golang.org/toolchain@v0.0.1-${TOOLCHAIN}.linux-${ARCHES[arch()]}`;
  const answer = execFileSync(own, ["mod", "download", "-json", module], {
    encoding: "utf8",
    env: environment(),
    cwd: "/",
  });
  cpSync(JSON.parse(answer).Dir, target, { recursive: true });
  // A module's files are not executable.
  for (const directory of [join(target, "bin"), ...toolDirectories(target)]) {
    for (const file of readdirSync(directory)) chmodSync(join(directory, file), 0o755);
  }
  return go;
}

function toolDirectories(target) {
  const tools = join(target, "pkg/tool");
  return readdirSync(tools).map((name) => join(tools, name));
}

function versionOf(go) {
  try {
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(execFileSync(go, ["version"], { encoding: "utf8" })) ?? [];
    return [Number(major), Number(minor)];
  } catch {
    return undefined;
  }
}

function isSelfFetching([major, minor]) {
  return major > SELF_FETCHING[0] || (major === SELF_FETCHING[0] && minor >= SELF_FETCHING[1]);
}
