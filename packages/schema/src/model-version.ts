import { GENERATED } from "./gen/model-version.ts";

/** A version of the model and of the wires between nodes. */
export interface ModelVersion {
  /** Nodes of different ones do not work together. */
  readonly major: number;
  /** A higher one has more object types and properties; those that it does not know a node keeps and passes over. */
  readonly minor: number;
  /** Of proto/ when the node was built, twelve hexadecimal digits; empty where it is not known. */
  readonly hash: string;
}

/** What this build speaks: the last line of proto/model-versions.txt. */
export const MODEL_VERSION: ModelVersion = GENERATED;

/** What a node spoke that says nothing of it. */
export const UNSAID_VERSION: ModelVersion = { major: 1, minor: 0, hash: "" };

/** "1.0". */
export function versionText({ major, minor }: ModelVersion): string {
  return `${major}.${minor}`;
}

/** Reads "1.0"; undefined for anything else. */
export function parseVersion(text: string): ModelVersion | undefined {
  const [, major, minor] = /^([0-9]{1,6})\.([0-9]{1,6})$/.exec(text) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor), hash: "" };
}

/** Why a node of one version cannot work with another one, and what to do; undefined where they work together. */
export function majorProblem(own: ModelVersion, other: ModelVersion, otherName: string): string | undefined {
  if (own.major === other.major) return undefined;
  const older = own.major < other.major ? "this node" : otherName;
  return (
    `${otherName} speaks version ${versionText(other)} of the model, this node ${versionText(own)}: different majors do not ` +
    `work together; install the release that has ${versionText(own.major < other.major ? other : own)} on ${older}`
  );
}
