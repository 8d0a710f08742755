import { HOSTS } from "../supervisor/layout.ts";
import { introspect } from "./connection.ts";
import { table } from "./report.ts";

type Row = Readonly<Record<string, unknown>>;

/** One of the operator's tools: the page of the agents' introspect that it shows, and its columns. */
interface Tool {
  readonly page: string;
  readonly columns: readonly (readonly [head: string, cell: (row: Row) => unknown])[];
}

const field = (name: string) => (row: Row) => row[name];
const nested = (outer: string, name: string) => (row: Row) => (row[outer] as Row | undefined)?.[name];

export const TOOLS: Readonly<Record<string, Tool>> = {
  vif: {
    page: "interfaces",
    columns: [
      ["VIF", field("id")],
      ["DEVICE", field("device")],
      ["MACHINE", field("machine")],
      ["ADDRESSES", (row) => (row.addresses as readonly string[] | undefined)?.join(",")],
      ["MAC", field("mac")],
      ["VRF", field("vrf")],
      ["LABEL", field("label")],
      ["RX", nested("counters", "receivedPackets")],
      ["TX", nested("counters", "sentPackets")],
      ["DROPS", nested("counters", "drops")],
    ],
  },
  rt: {
    page: "routes",
    columns: [
      ["VRF", field("vrf")],
      ["PREFIX", field("prefix")],
      ["NEXTHOP", field("nextHop")],
      ["VIA", field("via")],
      ["LABEL", field("label")],
      ["NETWORK", (row) => row.network ?? row.originNetwork],
      ["GROUPSET", field("groupSet")],
    ],
  },
  flow: {
    page: "flows",
    columns: [
      ["PROTO", nested("key", "protocol")],
      ["SOURCE", (row) => `${String((row.key as Row).sourceAddress)}:${String((row.key as Row).sourcePort)}`],
      [
        "DESTINATION",
        (row) => `${String((row.key as Row).destinationAddress)}:${String((row.key as Row).destinationPort)}`,
      ],
      ["VERDICT", field("verdict")],
      ["DIRECTION", (row) => (row.reverse ? "reply" : "initiator")],
      ["STATE", (row) => (row.established ? "established" : "embryonic")],
      ["PACKETS", field("packets")],
      ["BYTES", field("bytes")],
    ],
  },
};

/** What of the tables is shown: of each host's rows a range. */
export interface ToolOptions {
  readonly host?: string | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly json: boolean;
}

/** `contrail vif|rt|flow`: the rows of all hosts, or of one; says where a host may have more. */
export async function showTool(name: keyof typeof TOOLS, options: ToolOptions): Promise<number> {
  const tool = TOOLS[name];
  if (tool === undefined) throw new Error(`no tool ${String(name)}`);
  const hosts = options.host === undefined ? HOSTS : [options.host];
  const query = new URLSearchParams({ limit: `${options.limit}`, offset: `${options.offset}` });
  const pages = await Promise.all(
    hosts.map(async (each) => [each, (await introspect(each, `${tool.page}?${query}`)) as readonly Row[]] as const),
  );
  if (options.json) process.stdout.write(`${JSON.stringify(Object.fromEntries(pages))}\n`);
  else {
    const rows = pages.flatMap(([each, page]) =>
      page.map((row) => [each, ...tool.columns.map(([, cell]) => String(cell(row) ?? "-"))]),
    );
    process.stdout.write(table([["HOST", ...tool.columns.map(([head]) => head)], ...rows]));
  }
  const next = options.offset + options.limit;
  for (const [host, page] of pages) {
    if (page.length < options.limit) continue;
    process.stderr.write(`${host}: there may be more: contrail ${name} --host ${host} --offset ${next}\n`);
  }
  return 0;
}

/** `contrail dropstats`: packets dropped by reason; --all shows the reasons never met too. */
export async function dropstats(host: string | undefined, all: boolean, json: boolean): Promise<number> {
  const hosts = host === undefined ? HOSTS : [host];
  const pages = await Promise.all(
    hosts.map(async (each) => [each, (await introspect(each, all ? "drops?all=1" : "drops")) as Row] as const),
  );
  if (json) process.stdout.write(`${JSON.stringify(Object.fromEntries(pages))}\n`);
  else {
    const rows = pages.flatMap(([each, page]) =>
      Object.entries(page).map(([reason, count]) => [each, reason, String(count)]),
    );
    process.stdout.write(table([["HOST", "REASON", "PACKETS"], ...rows]));
  }
  return 0;
}
