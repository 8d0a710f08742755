// Programs written in Go that Debian does not have: built from their modules, once, into .contrail/cache/go.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { arch } from "node:os";
import { join } from "node:path";
import { ROOT, run, say } from "./packages.mjs";

const CACHE = join(ROOT, ".contrail/cache/go");
/** A Go that may be older than a program wants fetches the one it wants by itself from this version on. */
const SELF_FETCHING = [1, 21];
/** What an older one is replaced with. */
const TOOLCHAIN = "go1.25.5";
const ARCHES = { x64: "amd64", arm64: "arm64" };

/** Name, module with version, how its binary is called by `go install`. */
const PROGRAMS = {
  "docker-compose": { module: "github.com/docker/compose/v2/cmd@v2.32.4", binary: "cmd" },
};

/** The path of a program; rejects with what to do where it cannot be built. */
export async function goProgram(name) {
  const { module, binary } = PROGRAMS[name];
  const path = join(CACHE, "bin", `${name}-${module.split("@")[1]}`);
  if (existsSync(path)) return path;
  const go = await newGo();
  say(`building ${name} of ${module} (once, some minutes)`);
  const built = join(CACHE, "new");
  mkdirSync(join(CACHE, "bin"), { recursive: true });
  if ((await run(go, ["install", module], { env: { ...environment(), GOBIN: built, GOTOOLCHAIN: "auto" } })) !== 0) {
    throw new Error(
      `${module} could not be built; is a Go module proxy reachable (go env GOPROXY)? Then run this again.`,
    );
  }
  cpSync(join(built, binary), path);
  rmSync(built, { recursive: true });
  // A gigabyte that nothing needs any more.
  await run(go, ["clean", "-modcache", "-cache"], { env: environment() });
  return path;
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
