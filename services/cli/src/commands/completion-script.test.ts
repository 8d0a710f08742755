import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completionScript, SHELLS, type Shell } from "./completion-script.ts";

const NAMES = ["default-domain:p:red", "default-domain:p:green", "default-domain:q:a b"];
/** How the function of a shell is called for a line, and tells what it found. */
const CALLS: Readonly<Record<Shell, string>> = {
  bash: `. "$1"; COMP_LINE="$2"; COMP_POINT=\${#2}; _contrail; printf "%s\\n" "\${COMPREPLY[@]}"`,
  zsh: `compdef() { :; }; _files() { :; }; compadd() { print -rl -- "\${candidates[@]}"; }; . "$1"
    words=("\${(@s: :)2}"); CURRENT=\${#words}; _contrail`,
};
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "contrail-completion-"));
  const program = new Command("contrail");
  program.command("up").option("--once");
  program.command("shell").addArgument(new Argument("<shell>").choices(["one", "two"]));
  const api = program.command("api");
  api.command("get <type> <name>").option("--json");
  api.command("apply").option("-f, --file <file>");
  program.command("backup").argument("<file>");
  program
    .command("vif")
    .addOption(new Option("--host <host>").choices(["host1", "host2"]))
    .option("--all");
  program.command("machine").command("add <name>").option("--network <fq_name>");
  // Names only of the type that is asked for.
  const names = [
    "sh",
    "-c",
    `[ "$0" = virtual-network ] && printf '%s\\n' ${NAMES.map((name) => `'${name}'`).join(" ")}`,
  ];
  for (const shell of SHELLS) {
    writeFileSync(join(directory, shell), completionScript(program, shell, { contrail: ["echo", "it's"], names }));
  }
});

afterAll(() => rmSync(directory, { recursive: true }));

function complete(shell: Shell, line: string): readonly string[] {
  const args = [...(shell === "zsh" ? ["-f"] : ["--norc"]), "-c", CALLS[shell], shell, join(directory, shell), line];
  const { stdout, stderr } = spawnSync(shell, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe.each(SHELLS)("in %s", (shell) => {
  test("commands, choices, options, types and names follow", ({ skip }) => {
    if (spawnSync(shell, ["-c", ":"]).error !== undefined) skip(`needs ${shell} (package ${shell})`);
    expect(complete(shell, "contrail ")).toEqual(["up", "shell", "api", "backup", "vif", "machine"]);
    expect(complete(shell, "contrail shell ")).toEqual(["one", "two"]);
    expect(complete(shell, "contrail api ")).toEqual(["get", "apply"]);
    expect(complete(shell, "contrail up -")).toEqual(["--once"]);
    expect(complete(shell, "contrail api get ")).toContain("virtual-network");
    expect(complete(shell, "contrail api get domain ")).toEqual([]);
    expect(complete(shell, "contrail api get --json virtual-network ")).toHaveLength(NAMES.length);
    expect(complete(shell, "contrail api get virtual-network x ")).toEqual([]);
    for (const line of ["api apply -f ", "backup "]) expect(complete(shell, `contrail ${line}`)).toEqual([]);
    expect(complete(shell, "contrail vif --host ")).toEqual(["host1", "host2"]);
    expect(complete(shell, "contrail vif --host host1 -")).toEqual(["--host", "--all"]);
    expect(complete(shell, "contrail machine add --network ")).toHaveLength(NAMES.length);
    expect(complete(shell, "contrail machine add m1 --network x ")).toEqual([]);
  });

  test("contrail itself is made a command where it is none", ({ skip }) => {
    if (spawnSync(shell, ["-c", ":"]).error !== undefined) skip(`needs ${shell} (package ${shell})`);
    const script = '. "$1"; contrail works';
    const args = ["-c", shell === "zsh" ? `compdef() { :; }; ${script}` : script, shell, join(directory, shell)];
    expect(spawnSync(shell, args, { encoding: "utf8" }).stdout).toBe("it's works\n");
  });
});

test("bash is given what follows the last ':' only, with blanks quoted", () => {
  expect(complete("bash", "contrail api get virtual-network default-domain:p:")).toEqual(["red", "green"]);
  expect(complete("bash", "contrail api get virtual-network default-domain:q:")).toEqual(["a\\ b"]);
  expect(complete("bash", "contrail api get virtual-n")).toEqual(["virtual-network"]);
});

test("bash completes names of files where a file is wanted", () => {
  const told = 'compopt() { echo "$2"; }';
  const call = `${told}; ${CALLS.bash}`;
  for (const line of ["contrail backup ", "contrail api apply --file "]) {
    const args = ["--norc", "-c", call, "bash", join(directory, "bash"), line];
    expect(spawnSync("bash", args, { encoding: "utf8" }).stdout.trim()).toBe("default");
  }
});
