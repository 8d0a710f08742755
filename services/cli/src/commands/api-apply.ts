import { readFileSync } from "node:fs";
import { ContrailError } from "@contrail/errors";
import type { JsonObject } from "@contrail/schema";
import { applyPlan, type Outcome } from "../api/apply.ts";
import { placeText } from "../api/check-object.ts";
import { readCurrent } from "../api/current-state.ts";
import type { Change } from "../api/difference.ts";
import { nameText } from "../api/object-name.ts";
import { checkFile, type Plan, type PlannedObject, planFile } from "../api/plan.ts";
import { readDocuments } from "../api/read-documents.ts";
import { changeLines } from "../api/value-text.ts";
import { print } from "./api-objects.ts";
import { configurationApi } from "./connection.ts";
import { paint } from "./report.ts";

/** Options of `api apply` and `api diff`, as commander gives them. */
export interface FileOptions {
  readonly file: readonly string[];
  readonly json: boolean;
}

/** Exit code of `diff` where something differs. */
const DIFFERS = 3;

/** `contrail api apply`. */
export async function apiApply({ file, json, dryRun }: FileOptions & { readonly dryRun: boolean }): Promise<number> {
  const vnc = configurationApi();
  const plan = await planOf(file, json);
  if (plan === undefined) return 1;
  if (dryRun) {
    report(plan, [], json, true);
    return 0;
  }
  const outcomes = await applyPlan(vnc, plan, (outcome) => {
    if (!json) process.stdout.write(outcomeLine(outcome));
  });
  report(plan, outcomes, json, false);
  return outcomes.some(({ action }) => action === "failed") ? 1 : 0;
}

/** `contrail api diff`: what apply would do, by property. */
export async function apiDiff({ file, json }: FileOptions): Promise<number> {
  const plan = await planOf(file, json);
  if (plan === undefined) return 1;
  if (json) report(plan, [], json, true);
  else for (const planned of plan.objects) process.stdout.write(differenceText(planned));
  return plan.objects.every((planned) => actionOf(planned) === "unchanged") ? 0 : DIFFERS;
}

/** Reads and checks everything; tells warnings and problems; undefined where there is a problem. */
async function planOf(files: readonly string[], json: boolean): Promise<Plan | undefined> {
  const given = files.flatMap((path) => {
    const file = path === "-" ? "standard input" : path;
    const objects = readDocuments(readText(path), file);
    return files.length === 1 ? objects : objects.map((object) => ({ ...object, file }));
  });
  if (given.length === 0) throw new ContrailError("api.bad_request", noObjectText(files));
  const file = checkFile(given);
  const plan = planFile(file, await readCurrent(configurationApi(), file.objects));
  if (!json) for (const text of plan.warnings) process.stderr.write(`warning: ${text}\n`);
  if (plan.problems.length === 0) return plan;
  if (json) print({ dry_run: false, objects: [], warnings: plan.warnings, problems: plan.problems });
  for (const text of plan.problems) process.stderr.write(`contrail: ${text}\n`);
  process.stderr.write("contrail: nothing was written; mend the file and try again\n");
  return undefined;
}

function noObjectText(files: readonly string[]): string {
  const where = files.map((file) => (file === "-" ? "standard input" : file)).join(", ");
  return `there is no object in ${where}; as virtual-network: {fq_name: "default-domain:default-project:net1"}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (reason) {
    const { message } = ContrailError.from(reason);
    throw new ContrailError("api.not_found", `${file} cannot be read: ${message}; - stands for standard input`);
  }
}

function outcomeLine({ wanted, action, error }: Outcome): string {
  const colour = { created: "32", updated: "33", unchanged: "2", failed: "31" }[action];
  const reason = error === undefined ? "" : `: ${error}`;
  const shown = action === "failed" ? placeText(wanted) : nameText(wanted);
  return `${paint(process.stdout, colour, action.padEnd(9))} ${shown}${reason}\n`;
}

/** JSON as a whole; otherwise counts, and after a failure what is left to do. */
function report(plan: Plan, outcomes: readonly Outcome[], json: boolean, dryRun: boolean): void {
  const done = new Map(outcomes.map((outcome) => [outcome.wanted, outcome] as const));
  if (json) {
    const objects = plan.objects.map((planned) => objectReport(planned, done.get(planned.wanted), dryRun));
    print({ dry_run: dryRun, objects, warnings: plan.warnings, problems: [] });
    return;
  }
  const actions = dryRun ? plan.objects.map(actionOf) : [...done.values()].map(({ action }) => action);
  if (dryRun) for (const planned of plan.objects) process.stdout.write(intentLine(planned));
  const counts = [...Map.groupBy(actions, (action) => action)].map(([action, list]) => `${list.length} ${action}`);
  const left = dryRun ? 0 : plan.objects.length - done.size;
  const suffix = dryRun ? " (dry run: nothing was written)" : left > 0 ? `, ${left} not tried` : "";
  process.stderr.write(`${counts.join(", ")}${suffix}\n`);
  if (actions.includes("failed")) {
    const next = "mend what failed and run the same command again: what is done is then unchanged";
    process.stderr.write(`contrail: stopped at the first failure; ${next}\n`);
  }
}

const INTENTS = { created: "would create", updated: "would update", unchanged: "unchanged" } as const;

function intentLine(planned: PlannedObject): string {
  return `${INTENTS[actionOf(planned)].padEnd(12)} ${nameText(planned.wanted)}\n`;
}

function objectReport(planned: PlannedObject, outcome: Outcome | undefined, dryRun: boolean): JsonObject {
  const { wanted, stored } = planned;
  const changes = dryRun ? changesOf(planned) : (outcome?.changes ?? []);
  return {
    type: wanted.type,
    fq_name: wanted.fqName,
    uuid: outcome?.uuid ?? stored?.uuid ?? wanted.uuid ?? null,
    action: dryRun ? actionOf(planned) : (outcome?.action ?? "not tried"),
    changes: changes.map(({ key, before, after }) => ({ property: key, before: before ?? null, after: after ?? null })),
    ...(outcome?.error === undefined ? {} : { error: outcome.error }),
  };
}

function actionOf({ stored, changes }: PlannedObject): "created" | "updated" | "unchanged" {
  if (stored === undefined) return "created";
  return changes.length > 0 ? "updated" : "unchanged";
}

/** Those of a new object are all that the file gives it. */
function changesOf({ wanted, stored, changes }: PlannedObject): readonly Change[] {
  if (stored !== undefined) return changes;
  const properties = [...wanted.properties].map(([key, after]) => ({ key, after }));
  const references = [...wanted.references].map(([key, list]) => ({
    key,
    after: list.map(({ to, uuid, attr }) => ({ to: to ?? uuid ?? null, ...(attr === null ? {} : { attr }) })),
  }));
  return [...properties, ...references].map((change) => ({ ...change, before: undefined, isFixed: false }));
}

function differenceText(planned: PlannedObject): string {
  const action = actionOf(planned);
  if (action === "unchanged") return "";
  const [sign, colour] = action === "created" ? ["+", "32"] : ["~", "33"];
  const lines = changesOf(planned).flatMap(changeLines);
  const head = paint(process.stdout, colour, `${sign} ${nameText(planned.wanted)}`);
  return `${head}\n${lines.map((line) => `    ${line}\n`).join("")}`;
}
