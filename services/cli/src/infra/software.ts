import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ContrailError } from "@contrail/errors";
import { REPOSITORY } from "../config.ts";
import type { ServerKind } from "./layout.ts";

const run = promisify(execFile);
const JAVA = "/usr/bin/java";
const MAVEN = "/usr/bin/mvn";
/** Of a message of Maven that is shown: it says why at its end. */
const SHOWN_CHARACTERS = 1_500;

/** The java program, or how to get one. */
export function requireJava(): string {
  if (existsSync(JAVA)) return JAVA;
  throw missing("Java 17", "openjdk-17-jre-headless");
}

/**
 * The directory with the jars of a server, fetched by Maven where this version was not yet; shared by all directories of
 * servers. A fetch that was cut short leaves nothing that a later one would take for whole.
 */
export async function libraries(kind: ServerKind, progress: (text: string) => void): Promise<string> {
  const directory = librariesDirectory(kind);
  const pom = pomOf(kind);
  const version = versionOf(kind);
  if (existsSync(directory)) return directory;
  if (!existsSync(MAVEN)) throw missing("Maven", "maven");
  progress(`fetching ${kind} ${version} and its libraries by Maven (once, about 60 MB)`);
  const partial = `${directory}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${partial}`];
    await run(MAVEN, ["-q", "-B", "-f", pom, ...goal], { maxBuffer: 16 * 1024 * 1024 });
    if (!existsSync(directory)) renameSync(partial, directory);
  } catch (reason) {
    const { stdout = "", message } = reason as { stdout?: string; message: string }; // Errors of execFile have both.
    const told = (stdout === "" ? message : stdout).trim().slice(-SHOWN_CHARACTERS);
    throw new ContrailError("infra.unavailable", `Maven could not fetch ${kind} ${version}: ${told}`, {
      cause: reason,
    });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return directory;
}

/** Where the jars of a server are when libraries() has resolved. */
export function librariesDirectory(kind: ServerKind): string {
  return join(REPOSITORY, ".contrail/cache/infra", `${kind}-${versionOf(kind)}`);
}

/** The version of a server that is run. */
export function versionOf(kind: ServerKind): string {
  return /<version>([\d.]+)<\/version>/.exec(readFileSync(pomOf(kind), "utf8"))?.[1] ?? "";
}

function pomOf(kind: ServerKind): string {
  return join(REPOSITORY, "deploy/infra", kind, "pom.xml");
}

function missing(what: string, debianPackage: string): ContrailError {
  const advice = `as root: apt-get install ${debianPackage}`;
  return new ContrailError("infra.unavailable", `${what} is not installed, and Cassandra and Kafka need it; ${advice}`);
}
