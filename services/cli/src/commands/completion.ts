import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Argument, type Command } from "commander";
import { completionScript, SHELLS, type Shell } from "./completion-script.ts";

/** Adds `contrail completion SHELL`, which knows all commands that are there when it is run. */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .description("a script that makes a shell complete commands, types and names: source <(contrail completion bash)")
    .addArgument(new Argument("<shell>", "of the person").choices(SHELLS))
    .action((shell: Shell) => {
      const contrail = [process.execPath, fileURLToPath(new URL("../main.ts", import.meta.url))];
      process.stdout.write(completionScript(program, shell, { contrail: bundled(contrail), names: namesProgram() }));
    });
}

/** Beside the bundle where this is one, else among the sources. */
function namesProgram(): readonly string[] {
  const beside = fileURLToPath(new URL("names-main.js", import.meta.url));
  const source = fileURLToPath(new URL("../api/names-main.ts", import.meta.url));
  return [process.execPath, existsSync(beside) ? beside : source];
}

function bundled([node = "", source = ""]: readonly string[]): readonly string[] {
  return [node, existsSync(source) ? source : fileURLToPath(import.meta.url)];
}
