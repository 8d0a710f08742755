import { existsSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { STORE_SETTINGS, type StoreSettings } from "@contrail/backends";
import { type Identity, identityFiles } from "@contrail/pki";
import { parseSettings } from "@contrail/runtime";
import { z } from "zod";

/** Root of the repository: services are started from their sources. */
export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/**
 * Goes to the directory in which the person stands, as relative names of files mean that one: npm runs scripts in the
 * repository, and says in INIT_CWD where it was called.
 */
export function goWhereThePersonStands(): void {
  const { INIT_CWD: asked } = process.env;
  if (asked === undefined || process.cwd() !== realpathSync(REPOSITORY)) return;
  try {
    process.chdir(asked);
  } catch {
    // It is gone since, or closed to this user: there are no files to be named in it.
  }
}

/** Where an embedded system keeps and shares its things. */
export interface Directories {
  /** Databases, certificates, machines asked for: survive a stop. */
  readonly state: string;
  /** Unix sockets and the record of processes: gone after a stop. Short: socket paths are at most 107 octets. */
  readonly run: string;
  /** File of the lock: one system of root on a machine, one of each plain user. */
  readonly lock: string;
  /** True where state and run directory are made for this run only, and go with it. */
  readonly temporary: boolean;
}

/** True in the inner process of a plain user's system, which is root in namespaces of its own. */
export const insideUserNamespace = process.env.CONTRAIL_INSIDE === "1";

/** In the inner process: false where another program has the configuration API's port on the machine's loopback. */
export const restForwardedOutside = process.env.CONTRAIL_REST_FORWARDED !== "0";

/** Environment of a process that has the containers' names of namespaces as the machine's. */
export const AMONG_CONTAINERS = { CONTRAIL_AMONG_CONTAINERS: "1" } as const;

/** True in such a process. */
export const isAmongContainers = process.env.CONTRAIL_AMONG_CONTAINERS === "1";

/** True for the machine's own root. */
export const isRoot = process.getuid?.() === 0 && !insideUserNamespace;

/** Run directory of root's system. */
const ROOT_RUN = "/run/contrail";

/** True for a plain user on a machine where root's system is, or was killed. */
export function isBesideRootsSystem(): boolean {
  return !isRoot && existsSync(ROOT_RUN);
}

/** The directories of this user's system; each can be moved by CONTRAIL_STATE_DIR and CONTRAIL_RUN_DIR. */
export function directories(): Directories {
  const uid = process.env.CONTRAIL_UID ?? String(process.getuid?.() ?? 0);
  const run = isRoot && existsSync("/run") ? ROOT_RUN : join(tmpdir(), `contrail-${uid}`);
  return {
    state: process.env.CONTRAIL_STATE_DIR ?? join(REPOSITORY, ".contrail"),
    run: process.env.CONTRAIL_RUN_DIR ?? run,
    lock: `${run}.lock`,
    temporary: process.env.CONTRAIL_TEMPORARY === "1",
  };
}

/** The environment by which the inner process of a plain user's system finds the same directories. */
export function insideEnvironment(own: Directories, restForwarded: boolean): Readonly<Record<string, string>> {
  return {
    CONTRAIL_INSIDE: "1",
    CONTRAIL_UID: String(process.getuid?.() ?? 0),
    CONTRAIL_STATE_DIR: own.state,
    CONTRAIL_RUN_DIR: own.run,
    CONTRAIL_REST_FORWARDED: restForwarded ? "1" : "0",
    ...(own.temporary ? { CONTRAIL_TEMPORARY: "1" } : {}),
  };
}

/** The environment of processes that the supervisor starts: ours, with code caching. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_COMPILE_CACHE: join(REPOSITORY, ".contrail/cache/node"),
    NODE_NO_WARNINGS: "1",
    ...extra,
  };
}

/** The search path with a directory after those that it has: what the machine has goes first. */
export function pathWith(directory: string): string {
  return [process.env.PATH, directory].filter((part) => part !== undefined && part !== "").join(":");
}

/** Colour only on a terminal that has not declined it. */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.NO_COLOR === undefined;
}

/** The command line of the person's editor; undefined where none is named, and there is no terminal for vi. */
export function editorCommand(): string | undefined {
  const isAtTerminal = process.stdin.isTTY && process.stdout.isTTY;
  return process.env.VISUAL || process.env.EDITOR || (isAtTerminal ? "vi" : undefined);
}

/** A store, and what is shown to its servers where they ask who comes. */
export interface StoreAccess extends StoreSettings {
  readonly identity: Identity | undefined;
}

/** Settings of a store as a configuration node takes them; without any: the store of the embedded system. */
export function storeSettings(argv: readonly string[]): StoreAccess {
  const embedded = join(directories().state, "config");
  const shape = z.object({
    ...STORE_SETTINGS,
    dataDir: STORE_SETTINGS.dataDir.default(embedded),
    pkiDir: z.string().default("").describe("directory of certificates, for servers that ask for one"),
    name: z.string().min(1).default("config").describe("name of the configuration node whose certificate it is"),
  });
  const { pkiDir, name, ...settings } = parseSettings(shape, argv, process.env);
  return { ...settings, identity: pkiDir === "" ? undefined : identityFiles(pkiDir, { role: "config", name }) };
}

/** Another configuration API than the running system's, as the environment names it; undefined: the running system's. */
export function remoteApi(): { readonly url: string; readonly caFile: string; readonly keyFile: string } | undefined {
  const { CONTRAIL_API_URL: url = "", CONTRAIL_API_CA_FILE = "", CONTRAIL_API_KEY_FILE = "" } = process.env;
  return url === "" ? undefined : { url, caFile: CONTRAIL_API_CA_FILE, keyFile: CONTRAIL_API_KEY_FILE };
}

/** Unix socket of the configuration API of this machine: that of the environment, else of the running system. */
export function apiSocket(): string {
  return process.env.CONTRAIL_API_SOCKET ?? join(directories().run, "config-rest.sock");
}
