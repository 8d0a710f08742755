import { ContrailError } from "@contrail/errors";
import { type Command, Option } from "commander";
import { openExisting } from "../backup/open-existing.ts";
import { putBack } from "../backup/put-back.ts";
import { printBackup, saveBackup } from "../backup/save.ts";
import { storeSettings } from "../config.ts";
import { configurationApi } from "./connection.ts";
import { progress } from "./report.ts";

/** Exit code of a check that left something as it is, as that of `contrail status`. */
const NOT_WELL = 3;
const SETTINGS_HELP = `
After -- come settings of the store as a configuration node takes them, for example
  -- --store cassandra --cassandra-contact-points 192.0.2.1:9042 --cassandra-ca-file ca.crt
or the same as CONTRAIL_* in the environment; without any: the embedded system's store.`;

type Run = (work: Promise<number>) => Promise<void>;

/** Adds `contrail backup`, `restore` and `db check`. */
export function addBackupCommands(program: Command, run: Run): void {
  const json = () => new Option("--json", "machine-readable output").default(false);
  program
    .command("backup")
    .argument("<file>", "a new file; -: standard output")
    .argument("[settings...]", "of the store, after --")
    .description("save all configuration objects, their numbers and keys; the system may run")
    .option("--force", "replace a file that is there", false)
    .addOption(json())
    .addHelpText("after", SETTINGS_HELP)
    .action((file, settings, options) => run(backup(file, settings, options)));
  program
    .command("restore")
    .argument("<file>", "what contrail backup wrote")
    .argument("[settings...]", "of the store, after --")
    .description("fill an empty store from a backup; nothing is written from a file that is not whole")
    .option("--replace", "put the databases that are there aside first (SQLite)", false)
    .addOption(json())
    .addHelpText("after", SETTINGS_HELP)
    .action((file, settings, options) => run(restore(file, settings, options)));
  program
    .command("db")
    .description("the store of the running system")
    .command("check")
    .description("look for what does not fit together; exit code 3 where something is left")
    .option("--repair", "put right what can be: numbers that nobody owns, or nobody has", false)
    .addOption(json())
    .action((options) => run(check(options.repair, options.json)));
}

interface BackupOptions {
  readonly force: boolean;
  readonly json: boolean;
}

async function backup(file: string, argv: readonly string[], { force, json }: BackupOptions): Promise<number> {
  if (file === "-" && json) throw new ContrailError("cli.bad_request", "--json and - both want standard output");
  const store = await openExisting(storeSettings(argv));
  try {
    if (file === "-") {
      const counts = await printBackup(store, progress);
      progress(`${counts.objects} objects, ${counts.allocations} numbers, ${counts.keys} keys saved`);
      return 0;
    }
    const { counts, sha256 } = await saveBackup(store, file, force, progress);
    const { objects, allocations, keys } = counts;
    const text = `${file}: ${objects} objects, ${allocations} numbers, ${keys} keys\n`;
    process.stdout.write(json ? `${JSON.stringify({ file, ...counts, sha256 })}\n` : text);
    return 0;
  } finally {
    await store.close();
  }
}

interface RestoreOptions {
  readonly replace: boolean;
  readonly json: boolean;
}

async function restore(file: string, argv: readonly string[], { replace, json }: RestoreOptions): Promise<number> {
  const settings = storeSettings(argv);
  const { counts, sha256, before } = await putBack(file, settings, replace, progress);
  if (json) {
    process.stdout.write(`${JSON.stringify({ file, ...counts, sha256, before: before ?? null })}\n`);
    return 0;
  }
  const { objects, allocations, keys } = counts;
  process.stdout.write(`${objects} objects, ${allocations} numbers, ${keys} keys are back\n`);
  if (before !== undefined) process.stdout.write(`what was there is in ${before}\n`);
  if (settings.store === "cassandra") {
    process.stdout.write("the bus begins anew: remove Kafka's topic contrail.config before a node starts\n");
  }
  return 0;
}

async function check(repair: boolean, json: boolean): Promise<number> {
  // The node's own answer: lists of texts.
  const { results, repaired } = (await configurationApi().call("POST", "/db-check", { repair })) as {
    readonly results: readonly string[];
    readonly repaired: readonly string[];
  };
  if (json) process.stdout.write(`${JSON.stringify({ problems: results, repaired })}\n`);
  else {
    for (const text of repaired) process.stdout.write(`repaired: ${text}\n`);
    for (const text of results) process.stdout.write(`${text}\n`);
    if (results.length === 0) process.stdout.write("all fits together\n");
  }
  return results.length === 0 ? 0 : NOT_WELL;
}
