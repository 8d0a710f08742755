import { type Command, Option } from "commander";
import { duration, keyAdd, keyList, keyRevoke } from "./key.ts";
import { userAdd, userGrant, userList, userPassword, userRemove } from "./user.ts";

type Run = (work: Promise<number>) => Promise<void>;

const json = (): Option => new Option("--json", "machine-readable output").default(false);
const passwordFile = (): Option =>
  new Option(
    "--password-file <file>",
    "file, mode 0600, of the password; - for standard input; typed where it is not given",
  );
const several = (flags: string, text: string): Option =>
  new Option(flags, `${text}; may be given again`)
    .argParser((value: string, all: readonly string[]) => [...all, value])
    .default([], "none");

/** Adds `contrail user …` and `contrail key …`; `run` takes a command's exit code. */
export function addAccessCommands(program: Command, run: Run): void {
  addUserCommands(program.command("user").description("users of the configuration API"), run);
  addKeyCommands(program.command("key").description("API keys, for programs"), run);
}

function addUserCommands(user: Command, run: Run): void {
  user
    .command("add <name>")
    .description("add a user; the password comes from a file, standard input or the terminal")
    .addOption(several("--project <domain:project>", "project where the user has the roles"))
    .addOption(several("--domain <domain>", "domain where the user has the roles"))
    .addOption(several("--role <role>", "role; member where none is given; admin and reader are the whole cloud's"))
    .addOption(passwordFile())
    .addOption(json())
    .action((name, options) => run(userAdd(name, options)));
  user
    .command("grant <name>")
    .description("give a user other roles in place of those that it has; its sessions end")
    .addOption(several("--project <domain:project>", "project where the user has the roles"))
    .addOption(several("--domain <domain>", "domain where the user has the roles"))
    .addOption(several("--role <role>", "role; member where none is given; admin and reader are the whole cloud's"))
    .addOption(new Option("--json", "prints nothing anyway"))
    .action((name, options) => run(userGrant(name, options)));
  user
    .command("list")
    .description("users and their roles")
    .addOption(json())
    .action((options) => run(userList(options.json)));
  user
    .command("remove <name>")
    .description("remove a user with its keys and sessions")
    .addOption(new Option("--json", "prints nothing anyway"))
    .action((name) => run(userRemove(name)));
  user
    .command("passwd <name>")
    .description("set a user's password; its sessions end, its keys stay")
    .addOption(passwordFile())
    .addOption(new Option("--json", "prints nothing anyway"))
    .action((name, options) => run(userPassword(name, options.passwordFile)));
}

function addKeyCommands(key: Command, run: Run): void {
  key
    .command("add")
    .description("make an API key; it is shown once")
    .option("--user <name>", "whose key; the caller's own where not given")
    .option("--project <domain:project>", "what it is for; the user's usual place where nothing is given")
    .option("--domain <domain>", "what it is for")
    .addOption(
      new Option("--expires-in <time>", "as 30d, 12h, 90m or 3600s; never where not given").argParser(duration),
    )
    .option("--out <file>", "new file, mode 0600, for the key; standard output where not given")
    .addOption(json())
    .action(({ expiresIn, ...options }) => run(keyAdd({ ...options, expiresInS: expiresIn })));
  key
    .command("list")
    .description("API keys, without their secrets")
    .addOption(json())
    .action((options) => run(keyList(options.json)));
  key
    .command("revoke <id>")
    .description("revoke an API key: it is of no use from now on")
    .addOption(new Option("--json", "prints nothing anyway"))
    .action((id) => run(keyRevoke(id)));
}
