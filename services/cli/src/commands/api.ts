import { type Command, Option } from "commander";
import { apiApply, apiDiff } from "./api-apply.ts";
import { apiDelete } from "./api-delete.ts";
import { apiEdit } from "./api-edit.ts";
import { apiExport, apiTree } from "./api-export.ts";
import { apiCreate, apiGet, apiList } from "./api-objects.ts";

type Run = (work: Promise<number>) => Promise<void>;

const json = (): Option => new Option("--json", "machine-readable output").default(false);
const again = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];
const file = (): Option =>
  new Option("-f, --file <file>", "YAML or JSON, - for standard input; may be given again")
    .argParser(again)
    .makeOptionMandatory();

/** Adds `contrail api …`; `run` takes a command's exit code. */
export function addApiCommands(program: Command, run: Run): void {
  const api = program.command("api").description("objects of the configuration API, by type and name");
  addObjectCommands(api, run);
  addGraphCommands(api, run);
}

/** Commands about one object. */
function addObjectCommands(api: Command, run: Run): void {
  api
    .command("get <type> <name>")
    .description("one object, by name (a:b:c) or uuid")
    .addOption(new Option("--json", "it is JSON anyway"))
    .action((type, name) => run(apiGet(type, name)));
  api
    .command("list <type>")
    .description("all objects of a type")
    .addOption(json())
    .action((type, options) => run(apiList(type, options.json)));
  api
    .command("create <type> <name>")
    .description("create an object; prints its uuid")
    .option("--data <json>", "properties and references as JSON, @FILE, or - for standard input")
    .action((type, name, options) => run(apiCreate(type, name, options.data)));
  api
    .command("edit <type> <name>")
    .description("edit an object in $VISUAL or $EDITOR; the text is kept when it is refused")
    .action((type, name) => run(apiEdit(type, name)));
  api
    .command("delete <type> <name>")
    .description("delete an object; a person is asked first")
    .option("--recursive", "with all objects below it; who else refers to them is named first", false)
    .option("--yes", "do not ask", false)
    .action((type, name, options) => run(apiDelete(type, name, options)));
}

/** Commands about many objects at once. */
function addGraphCommands(api: Command, run: Run): void {
  api
    .command("apply")
    .description("create and change objects until they are as in a file; what the file does not name stays")
    .addOption(file())
    .option("--dry-run", "say what would be done, write nothing", false)
    .addOption(json())
    .action((options) => run(apiApply(options)));
  api
    .command("diff")
    .description("what apply would change, by property; exit code 3 where something differs")
    .addOption(file())
    .addOption(json())
    .action((options) => run(apiDiff(options)));
  api
    .command("export <type> <name>")
    .description("an object as YAML that apply takes")
    .option("--recursive", "with all objects below it", false)
    .option("--uuids", "keep uuids: for a restore, not for a copy", false)
    .addOption(json())
    .action((type, name, options) => run(apiExport(type, name, options)));
  api
    .command("tree [type] [name]")
    .description("objects with their children and references; all where no type is given")
    .addOption(json())
    .action((type, name, options) => run(apiTree(type, name, options.json)));
}
