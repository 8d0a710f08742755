/** Kills of one run of the durability test; a soak sets more. */
export const KILLS = Number(process.env.CONTRAIL_KILLS ?? 10);
/** Seed of its moments and of its clients' writes; printed. */
export const SEED = Number(process.env.CONTRAIL_SEED ?? 20_261_125);
/** How long at least the configuration node is gone while a machine starts, in ms. */
export const OUTAGE_MS = Number(process.env.CONTRAIL_OUTAGE_MS ?? 30_000);
/** Seeds of the destroy-during-implement test. */
export const RACES = Number(process.env.CONTRAIL_RACES ?? 50);
/** How long schemathesis makes up requests, in seconds; a soak sets more. */
export const SCHEMATHESIS_S = Number(process.env.CONTRAIL_SCHEMATHESIS_S ?? 45);

/** Graphs of the test that exports, deletes and applies again; a soak sets more. */
export const GRAPHS = Number(process.env.CONTRAIL_GRAPHS ?? 4);

/** The environment in which a command of the CLI finds the sockets of a directory, and an editor. */
export function cliEnvironment(directory: string, editor: string): NodeJS.ProcessEnv {
  return { ...process.env, CONTRAIL_RUN_DIR: directory, VISUAL: "", EDITOR: editor, NO_COLOR: "1" };
}

/** The environment of a Python program, with more variables. */
export function pythonSettings(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more };
}
