import { ContrailError } from "@contrail/errors";
import {
  type Gateway,
  type GatewayKind,
  readGateway,
  renderFrr,
  renderFrrInterfaces,
  renderJunos,
} from "@contrail/gateways";
import { type Command, Option } from "commander";
import { readGatewayGraph } from "../gateway/read-graph.ts";
import { configurationApi } from "./connection.ts";

type Run = (work: Promise<number>) => Promise<void>;

/** Options of `contrail gateway render`, as commander gives them. */
interface RenderOptions {
  readonly router: string;
  readonly kind?: GatewayKind;
  readonly mainTable?: string;
  readonly interfaces: boolean;
  readonly secrets: boolean;
  readonly json: boolean;
}

/** A text for a file of the gateway's. */
interface GatewayFile {
  readonly name: string;
  readonly text: string;
}

/** Adds `contrail gateway …`; `run` takes a command's exit code. */
export function addGatewayCommands(program: Command, run: Run): void {
  program
    .command("gateway")
    .description("real gateways beside the control nodes")
    .command("render")
    .description(
      "the configuration text of a gateway, from bgp-router, physical-router and the networks extended to it",
    )
    .requiredOption("--router <name>", "its bgp-router, by its last name or the whole one")
    .addOption(
      new Option("--kind <kind>", "what it runs; else what its physical-router says").choices(["frr", "junos"]),
    )
    .option("--main-table <fq_name>", "FRR: the network whose routes go to the main table; each other one has a VRF")
    .option("--interfaces", "FRR: the shell script that makes the interfaces, instead of frr.conf", false)
    .option("--secrets", "write MD5 keys; else FILL-IN-THE-KEY stands for them", false)
    .addOption(new Option("--json", "all files with what is to be noted, as JSON").default(false))
    .action((options) => run(renderGateway(options)));
}

/** Prints a text on stdout, and on stderr what an operator should know. */
async function renderGateway(options: RenderOptions): Promise<number> {
  const gateway = readGateway(await readGatewayGraph(configurationApi()), options.router);
  const kind = options.kind ?? gateway.kind;
  if (kind === undefined) {
    throw new ContrailError(
      "gateway.bad_request",
      `physical_router_vendor_name says neither juniper nor frr of ${options.router}; say it here: --kind frr or --kind junos`,
    );
  }
  if (kind === "junos" && (options.interfaces || options.mainTable !== undefined))
    throw new ContrailError("gateway.bad_request", "--interfaces and --main-table are for --kind frr");
  const files = filesOf(kind, gateway, options);
  const { name: router, notes } = gateway;
  if (options.json) process.stdout.write(`${JSON.stringify({ router, kind, files, notes })}\n`);
  else {
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
    process.stdout.write(files.at(options.interfaces ? -1 : 0)?.text ?? "");
  }
  return 0;
}

/** The configuration is the first. */
function filesOf(kind: GatewayKind, gateway: Gateway, { secrets, mainTable }: RenderOptions): readonly GatewayFile[] {
  if (kind === "junos") return [{ name: "junos.conf", text: renderJunos(gateway, { secrets }) }];
  return [
    { name: "frr.conf", text: renderFrr(gateway, { secrets, mainTable }) },
    { name: "interfaces.sh", text: renderFrrInterfaces(gateway, mainTable) },
  ];
}
