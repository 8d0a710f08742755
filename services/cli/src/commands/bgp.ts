import { ContrailError } from "@contrail/errors";
import { callSocket } from "@contrail/machine";
import { type Command, Option } from "commander";
import { instanceRows, neighbourRows, routeRows, summaryRows, whyLines } from "../bgp/bgp-tables.ts";
import type { ExplainedRoute, InstanceRoute, NeighbourPage, NeighboursPage, TableRoute } from "../bgp/control-pages.ts";
import { CONTROL_NODES } from "../supervisor/layout.ts";
import { introspect } from "./connection.ts";
import { controlNodeOption, wholeNumber } from "./option-values.ts";
import { printable, table } from "./report.ts";

/** Which control node is asked, and how its answer is shown. */
interface NodeOptions {
  readonly node?: string;
  readonly socket?: string;
  readonly json: boolean;
}

/** Which routes: the filters of the page. */
interface RouteOptions extends NodeOptions {
  readonly family?: string;
  readonly longer?: boolean;
  readonly rd?: string;
  readonly target?: string;
  readonly source?: string;
  readonly text?: string;
  readonly instance?: string;
  readonly peer?: string;
  readonly limit?: number;
  readonly offset?: number;
}

/** Families whose routes have no IPv4 prefix: an instance keeps them by their text. */
const BY_TEXT = ["inet6-vpn", "e-vpn"];
/** Exit code where nothing was found. */
const NOTHING = 3;
const PAGE_MS = 10_000;

/** Adds `contrail bgp summary|neighbor|route|why`: what the control nodes know. */
export function addBgpCommands(program: Command, run: (work: Promise<number>) => Promise<void>): void {
  const bgp = program
    .command("bgp")
    .description("BGP of the control nodes: sessions, routes, and why they are as they are");
  const add = (name: string, description: string): Command =>
    bgp
      .command(name)
      .description(description)
      .addOption(controlNodeOption())
      .option("--socket <path>", "introspect socket of a control node of its own (its --introspect-socket)")
      .addOption(new Option("--json", "machine-readable output").default(false));
  const filtered = (command: Command): Command =>
    command
      .option("--family <family>", "inet-vpn, inet6-vpn, e-vpn, inet, inet6 or route-target")
      .option("--longer", "what is inside the prefix, too", false)
      .option("--rd <rd>", "route distinguisher, as 64512:1")
      .option("--target <target>", "route target, as target:64512:8000001")
      .option("--source <name>", "agent or peer that has given a path")
      .option("--text <text>", "part of the route as it is shown: a MAC address, for example")
      .option("--offset <number>", "routes left out before the first", wholeNumber(0), 0);
  add("summary", "all BGP sessions").action((options: NodeOptions) => run(summary(options)));
  add("neighbor <name>", "all that is known of a peer, by its name or address").action((name, options: NodeOptions) =>
    run(neighbour(name, options)),
  );
  filtered(add("route [prefix]", "routes of the tables, or with --instance those of a routing instance"))
    .option("--instance <fq_name>", "routing instance, as default-domain:default-project:n1:n1")
    .option("--limit <number>", "routes of a node, 10000 at most", wholeNumber(1, 10_000), 100)
    .action((prefix: string | undefined, options: RouteOptions) => run(routes(prefix, options)));
  filtered(add("why [prefix]", "why a path won, and why a route is not imported, not advertised or not chosen"))
    .option("--instance <fq_name>", "tell of this routing instance, whether or not it imports the route")
    .option("--peer <name>", "tell of this peer alone")
    .option("--limit <number>", "routes of a node, 20 at most", wholeNumber(1, 20), 20)
    .action((prefix: string | undefined, options: RouteOptions) => run(why(prefix, options)));
}

async function summary(options: NodeOptions): Promise<number> {
  const { pages, code } = await ask<NeighboursPage>(options, "neighbours?limit=10000");
  show(options, pages, () => table(summaryRows(pages)));
  return code;
}

async function neighbour(name: string, options: NodeOptions): Promise<number> {
  const asked = await Promise.all(
    nodesOf(options).map(async (node) => {
      const asked = ask<NeighbourPage>({ ...options, node }, `neighbour?${new URLSearchParams({ name })}`);
      // It may be a peer of the other control node alone.
      return asked.then(
        ({ pages }) => pages,
        (reason: unknown) => ContrailError.from(reason),
      );
    }),
  );
  const found = asked.filter((each) => !(each instanceof ContrailError));
  const [failed] = asked.filter((each) => each instanceof ContrailError);
  if (found.length === 0 && failed !== undefined) {
    if (failed.code !== "socket.bad_request") throw failed;
    throw new ContrailError("cli.not_found", `there is no BGP peer ${name}; see: contrail bgp summary`);
  }
  const pages: Readonly<Record<string, NeighbourPage>> = Object.assign({}, ...found);
  show(options, pages, () =>
    Object.entries(pages)
      .map(([node, page]) => `${node}\n${table(neighbourRows(page))}`)
      .join("\n"),
  );
  return 0;
}

async function routes(prefix: string | undefined, options: RouteOptions): Promise<number> {
  const { instance, family } = options;
  const query = queryOf(prefix, options);
  if (instance === undefined) {
    const asked = await ask<readonly TableRoute[]>(options, `bgp-routes?${query}`);
    return more(options, asked, (pages) => table(routeRows(pages)));
  }
  const isByText = BY_TEXT.includes(family ?? "");
  checkInstanceFilters(prefix, options, isByText);
  const asked = await ask<readonly InstanceRoute[]>(options, `${isByText ? "instance-routes" : "routes"}?${query}`);
  return more(options, asked, (pages) => table(instanceRows(pages)));
}

/** Routes of an instance are looked for by prefix, those of other families than IPv4 by text: nothing else is left out. */
function checkInstanceFilters(prefix: string | undefined, options: RouteOptions, isByText: boolean): void {
  const { rd, target, source, text, longer } = options;
  const others = isByText ? { rd, target, source, prefix, longer: longer || undefined } : { rd, target, source, text };
  const given = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length === 0) return;
  const flags = given.map((name) => (name === "prefix" ? "a prefix" : `--${name}`)).join(" and ");
  const way = isByText ? "--text" : "a prefix and --longer";
  const advice = `routes of an instance are chosen by ${way}; without --instance by all of them`;
  throw new ContrailError("cli.bad_request", `${flags} cannot be given with --instance here: ${advice}`);
}

async function why(prefix: string | undefined, options: RouteOptions): Promise<number> {
  const asked = await ask<readonly ExplainedRoute[]>(options, `why?${queryOf(prefix, options)}`);
  return more(options, asked, (pages) =>
    Object.entries(pages)
      .flatMap(([node, found]) => found.flatMap((route) => [...whyLines(node, route).map(printable), ""]))
      .join("\n"),
  );
}

/** What control nodes have answered, by their names; code: 1 where one of several did not, which stderr says. */
interface Asked<Page> {
  readonly pages: Readonly<Record<string, Page>>;
  readonly code: 0 | 1;
}

/** Asks the control nodes that are meant; rejects where none of them answers. */
async function ask<Page>({ node, socket }: NodeOptions, page: string): Promise<Asked<Page>> {
  if (socket !== undefined) {
    const answer = await callSocket(socket, "GET", `/${page}`, undefined, { deadlineMs: PAGE_MS }).catch(nobodyListens);
    return { pages: { [node ?? "control"]: answer as Page }, code: 0 }; // Our own page.
  }
  const nodes = nodesOf({ node });
  const answers = await Promise.allSettled(nodes.map((each) => introspect(each, page)));
  const found = answers.flatMap(
    (each, index) => (each.status === "fulfilled" ? [[nodes[index] ?? "", each.value as Page] as const] : []), // Our own page.
  );
  const failed = answers.flatMap((each) => (each.status === "rejected" ? [ContrailError.from(each.reason)] : []));
  const [first] = failed;
  if (first === undefined) return { pages: Object.fromEntries(found), code: 0 };
  if (found.length === 0) throw first;
  for (const { message } of failed) process.stderr.write(`${message}\n`);
  return { pages: Object.fromEntries(found), code: 1 };
}

function nobodyListens(reason: unknown): never {
  const { code, message } = ContrailError.from(reason);
  if (code !== "socket.unavailable") throw reason;
  throw new ContrailError(code, `${message}; --socket wants the --introspect-socket of a control node that runs`, {
    cause: reason,
  });
}

function nodesOf({ node, socket }: Pick<NodeOptions, "node" | "socket">): readonly string[] {
  if (socket !== undefined) return [node ?? "control"];
  return node === undefined ? CONTROL_NODES : [node];
}

function queryOf(prefix: string | undefined, options: RouteOptions): URLSearchParams {
  const { family, rd, target, source, text, instance, peer, limit, offset } = options;
  const longer = options.longer === true ? "1" : undefined;
  const given = { prefix, family, longer, rd, target, source, text, instance, peer, limit, offset };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, String(value));
  return query;
}

/** Shows lists of routes; says where there may be more, and where there are none. */
function more<Route>(
  options: RouteOptions,
  { pages, code }: Asked<readonly Route[]>,
  text: (pages: Readonly<Record<string, readonly Route[]>>) => string,
): number {
  const { limit = 0, offset = 0 } = options;
  show(options, pages, () => text(pages));
  for (const [node, { length }] of Object.entries(pages)) {
    if (length < limit) continue;
    process.stderr.write(`${node}: there may be more: --node ${node} --offset ${offset + limit}\n`);
  }
  if (code !== 0 || Object.values(pages).some(({ length }) => length > 0)) return code;
  if (!options.json) process.stderr.write(`${whyNothing(options)}\n`);
  return NOTHING;
}

function whyNothing({ instance, offset = 0 }: RouteOptions): string {
  if (offset > 0) return `no more routes than the ${offset} that --offset leaves out`;
  if (instance === undefined)
    return "no such route: no peer and no agent has given one; the sessions: contrail bgp summary";
  return `no such route in ${instance}, or no such routing instance; see them by: contrail api list routing-instance`;
}

function show({ json }: NodeOptions, pages: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(pages)}\n` : text());
}
