import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import type { Action, Plan, Step } from "./plan.ts";
import { removeScript, SCRIPT, writeScript } from "./script-file.ts";
import type { Cloud } from "./survey.ts";

/** How a plan is applied. */
export interface Applying {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Replace what differs. */
  readonly mayOverwrite: boolean;
  /** Milliseconds that the executable is waited for where somebody else has to put it in its place. */
  readonly waitMs: number;
  /** Told before and while a step is done. */
  readonly progress: (text: string) => void;
}

/** What was there and what was done. */
export interface Applied {
  readonly present: readonly string[];
  readonly done: readonly Step[];
}

const POLL_MS = 2_000;

/**
 * Does the first step of a plan and plans anew, until nothing is missing: a step never builds on what an earlier one
 * was told. Rejects without a change where the plan refuses, or would overwrite what it may not.
 */
export async function applyPlans(plan: () => Promise<Plan>, how: Applying): Promise<Applied> {
  let now = await plan();
  const { present } = now;
  const done: Step[] = [];
  for (;;) {
    checkRefusals(now, done);
    checkOverwriting(now, how.mayOverwrite, done);
    const [step] = now.steps;
    if (step === undefined) return { present, done };
    if (done.some(({ name, text }) => name === step.name && text === step.text)) {
      throw new ContrailError("cloudstack.failed", `CloudStack took this, and shows nothing of it: ${step.text}`);
    }
    how.progress(step.text);
    await act(step.action, how);
    done.push(step);
    now = await plan();
  }
}

/** What a refusal tells scripts: `refusals`, and the texts of what was done before. */
function refused(code: string, message: string, refusals: readonly string[], done: readonly Step[]): ContrailError {
  return new ContrailError(code, message, { fields: { refusals, done: done.map(({ text }) => text) } });
}

function checkRefusals({ refusals }: Plan, done: readonly Step[]): void {
  if (refusals.length === 0) return;
  throw refused("cloudstack.conflict", refusals.join("\n"), refusals, done);
}

function checkOverwriting({ steps }: Plan, mayOverwrite: boolean, done: readonly Step[]): void {
  const overwriting = steps.filter(({ overwrites }) => overwrites);
  if (mayOverwrite || overwriting.length === 0) return;
  const texts = overwriting.map(({ text }) => text);
  const message = `this would overwrite something; agree by --yes:\n${texts.join("\n")}`;
  throw refused("cloudstack.precondition_failed", message, texts, done);
}

async function act(action: Action, how: Applying): Promise<void> {
  const { cloud, signal } = how;
  switch (action.kind) {
    case "call":
      await cloud.call(action.command, action.parameters);
      return;
    case "job":
      await cloud.run(action.command, action.parameters, signal);
      return;
    case "write-script":
      writeScript(action.path);
      return;
    case "remove-script":
      removeScript(action.path);
      return;
    case "enable":
      await enable(action.extension, action.path, how);
      return;
    case "later":
      throw new Error("the first step of a plan depends on no other");
  }
}

/** Enables the extension; waits for its executable, and says what to copy where, as long as CloudStack finds none. */
async function enable(extension: string, path: string, { cloud, clock, signal, waitMs, progress }: Applying) {
  if (await isEnabled(cloud, extension)) return;
  const what = `copy ${SCRIPT} to ${path} on every management server, mode 755`;
  const deadline = clock.monotonicMs() + waitMs;
  if (waitMs > 0) progress(`CloudStack finds no ${path}: ${what}; waiting ${waitMs / 1_000} s for it`);
  while (clock.monotonicMs() < deadline) {
    await clock.sleep(POLL_MS, signal);
    if (await isEnabled(cloud, extension)) return;
  }
  throw new ContrailError(
    "cloudstack.precondition_failed",
    `CloudStack finds no ${path}: ${what}, then run this again`,
  );
}

/** Tries it: what listExtensions says of the path may be minutes old. False where CloudStack finds no executable. */
async function isEnabled(cloud: Cloud, id: string): Promise<boolean> {
  try {
    await cloud.call("updateExtension", { id, state: "Enabled" });
    return true;
  } catch (reason) {
    const error = ContrailError.from(reason);
    // recordings/api/134: 530, "Failed to enable extension: ext2 as it path is not ready".
    if (error.code === "cloudstack.failed" && /path is not ready/.test(error.message)) return false;
    throw error;
  }
}
