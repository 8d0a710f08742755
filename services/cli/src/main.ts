import { join } from "node:path";
import { ContrailError } from "@contrail/errors";
import { createAuthority, isPeerName, issue, ROLES, type Role } from "@contrail/pki";
import { Command, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addAccessCommands } from "./commands/access.ts";
import { addApiCommands } from "./commands/api.ts";
import { addBackupCommands } from "./commands/backup.ts";
import { addBgpCommands } from "./commands/bgp.ts";
import { addCloudStackCommands } from "./commands/cloudstack.ts";
import { addCompletionCommand } from "./commands/completion.ts";
import { addComposeCommands, composeDemo } from "./commands/compose.ts";
import { cloudCall } from "./commands/cs.ts";
import { demo } from "./commands/demo.ts";
import { down } from "./commands/down.ts";
import { explained } from "./commands/explained.ts";
import { addGatewayCommands } from "./commands/gateway.ts";
import { addInfraCommands } from "./commands/infra.ts";
import { introspectOnLoopback } from "./commands/introspect.ts";
import { machineAdd, machineExec, machineList, machineRemove } from "./commands/machine.ts";
import { hostOption, wholeNumber } from "./commands/option-values.ts";
import { status } from "./commands/status.ts";
import { dropstats, showTool } from "./commands/tools.ts";
import { up } from "./commands/up.ts";
import { directories, goWhereThePersonStands } from "./config.ts";

const program = new Command("contrail")
  .description("OpenContrail for CloudStack: run, look at and change the system")
  .version(manifest.version)
  .showHelpAfterError()
  .enablePositionalOptions();
const json = () => new Option("--json", "machine-readable output").default(false);
const run = (work: Promise<number>): Promise<void> =>
  work.then((code) => {
    process.exitCode = code;
  });

program
  .command("up")
  .description("bring the embedded system up and stay until Ctrl-C")
  .option("--once", "run the demonstration, then stop", false)
  .addOption(new Option("--engine <engine>", "data plane").choices(["auto", "ebpf", "typescript"]).default("auto"))
  .addOption(new Option("--store <store>", "object store").choices(["sqlite", "cassandra"]).default("sqlite"))
  .addOption(new Option("--bus <bus>", "bus").choices(["embedded", "kafka"]).default("embedded"))
  .option("--cloud-port <port>", "port of 127.0.0.1 for CloudStack's API", "8080")
  .addOption(json())
  .action((options) => run(up(options)));
program
  .command("down")
  .description("stop the running system, or remove what one left that was killed")
  .action(() => run(down()));
program
  .command("status")
  .description("every node, what is wrong, and the next step; exit code 3 where something is")
  .addOption(json())
  .action((options) => run(status(options.json)));
program
  .command("demo")
  .description("run the demonstration on the running system")
  .option("--compose <directory>", "on the system in containers, whose files `contrail compose prepare` made there")
  .option("--file <file>", "its compose file; may be given again", (value, all: string[]) => [...all, value], [])
  .addOption(json())
  .action(({ compose, file, json }) => run(compose === undefined ? demo(json) : composeDemo(compose, file, json)));

program
  .command("cs <command> [name=value...]")
  .description("call CloudStack's API of the running system as admin: contrail cs listVirtualMachines state=Running")
  .addOption(new Option("--json", "the answer is JSON anyway"))
  .action((command, parameters) => run(cloudCall(command, parameters)));

const machine = program
  .command("machine")
  .description("machines: namespaces plugged into a host")
  .enablePositionalOptions();
machine
  .command("add <name>")
  .description("make a machine and wait for its address")
  .requiredOption("--network <fq_name>", "network, for example default-domain:default-project:n1")
  .option("--host <host>", "host1 or host2; by turns where not given")
  .option("--address <address>", "address of the network")
  .option(
    "--security-group <fq_name>",
    "security group; may be given again",
    (value, all: string[]) => [...all, value],
    [],
  )
  .addOption(json())
  .action((name, options) => run(machineAdd(name, options)));
machine
  .command("list")
  .description("machines and their addresses, CloudStack's too")
  .addOption(json())
  .action((options) => run(machineList(options.json)));
machine
  .command("exec <name> <command...>")
  .description(
    "run a command inside a machine, or in one of CloudStack's: contrail machine exec i-2-3-VM ping 10.1.0.3",
  )
  .passThroughOptions()
  .action((name, command) => run(machineExec(name, command)));
machine
  .command("rm <name>")
  .description("remove a machine that `machine add` has made")
  .action((name) => run(machineRemove(name)));

for (const [name, text] of [
  ["vif", "interfaces"],
  ["rt", "routes"],
  ["flow", "flow entries"],
] as const) {
  program
    .command(name)
    .description(`${text} of the data planes`)
    .addOption(hostOption())
    .option("--limit <number>", "entries of a host, 10000 at most", wholeNumber(1, 10_000), 1_000)
    .option("--offset <number>", "entries left out before the first", wholeNumber(0), 0)
    .addOption(json())
    .action((options) => run(showTool(name, options)));
}
program
  .command("dropstats")
  .description("packets dropped, by reason")
  .addOption(hostOption())
  .option("--all", "also reasons never met", false)
  .addOption(json())
  .action((options) => run(dropstats(options.host, options.all, options.json)));

program
  .command("introspect <node>")
  .description("a node's introspect on 127.0.0.1 for a browser, until Ctrl-C: contrail introspect control1")
  .option("--port <port>", "port of 127.0.0.1; a free one where not given", wholeNumber(0, 65_535), 0)
  .action((node, { port }) => run(introspectOnLoopback(node, port)));

addBgpCommands(program, run);
addApiCommands(program, run);
addAccessCommands(program, run);
addCloudStackCommands(program, run);
addGatewayCommands(program, run);
addInfraCommands(program, run);
addBackupCommands(program, run);
addComposeCommands(program, run);
addCompletionCommand(program);

program
  .command("ca")
  .description("make the development CA, and a certificate where a role and a name are given")
  .option("--dir <directory>", "where it is kept", join(directories().state, "pki"))
  .addOption(new Option("--role <role>", "role of the peer").choices(ROLES))
  .option("--name <name>", "name of the peer")
  .option(
    "--address <address>",
    "address or DNS name of the peer; may be given again",
    (value, all: string[]) => [...all, value],
    [],
  )
  .action((options) => run(makeCertificates(options)));

async function makeCertificates(options: {
  dir: string;
  role?: Role;
  name?: string;
  address: string[];
}): Promise<number> {
  await createAuthority(options.dir);
  if ((options.role === undefined) !== (options.name === undefined)) {
    throw new ContrailError("ca.bad_request", "--role and --name go together");
  }
  if (options.name !== undefined && !isPeerName(options.name)) {
    throw new ContrailError("ca.bad_request", `--name ${options.name}: letters, digits, ".", "_" and "-" are wanted`);
  }
  if (options.role !== undefined && options.name !== undefined) {
    const files = await issue(options.dir, { role: options.role, name: options.name, addresses: options.address });
    process.stdout.write(`${files.certificateFile}\n${files.keyFile}\n`);
  } else process.stdout.write(`${join(options.dir, "ca.crt")}\n`);
  return 0;
}

// `contrail status | head -1`: who reads no more has what was wanted.
process.stdout.on("error", (reason: NodeJS.ErrnoException) => {
  if (reason.code !== "EPIPE") throw reason;
  process.exit();
});
goWhereThePersonStands();
try {
  await program.parseAsync();
} catch (reason) {
  process.stderr.write(`contrail: ${(await explained(reason)).message}\n`);
  process.exitCode = 1;
}
