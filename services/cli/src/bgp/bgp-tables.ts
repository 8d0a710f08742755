import type {
  Capability,
  ExplainedRoute,
  InstanceRoute,
  NeighbourPage,
  NeighboursPage,
  RoutePath,
  TableRoute,
} from "./control-pages.ts";

type Rows = readonly (readonly string[])[];

/** The peers of a control node, a row each; the head first. */
export function summaryRows(nodes: Readonly<Record<string, NeighboursPage>>): Rows {
  const head = [
    "NODE",
    "NEIGHBOR",
    "ADDRESS",
    "AS",
    "STATE",
    "FOR",
    "RECEIVED",
    "ADVERTISED",
    "IN",
    "OUT",
    "LAST ERROR",
  ];
  const rows = Object.entries(nodes).flatMap(([node, { peers, output }]) =>
    peers.map((peer) => {
      const routes = output.find(({ name }) => name === peer.name);
      return [
        ...[node, lastPart(peer.name), peer.address, String(peer.peerAs), peer.state],
        peer.state === "established" ? duration(peer.establishedForMs) : "-",
        ...[routes?.received, routes?.advertised].map((counts) => (counts === undefined ? "-" : String(sum(counts)))),
        ...[peer.messagesReceived, peer.messagesSent].map((counts) => String(counts.total ?? 0)),
        peer.lastDownReason || "-",
      ];
    }),
  );
  return [head, ...rows];
}

/** All that is known of a peer, a name and a value a row. */
export function neighbourRows(peer: NeighbourPage): Rows {
  const { routes, capabilities, parameters } = peer;
  const families = [...new Set([...Object.keys(routes?.received ?? {}), ...Object.keys(routes?.advertised ?? {})])];
  return [
    ["neighbor", peer.name],
    ["address", peer.address],
    ["AS", `${peer.peerAs}${parameters === undefined ? "" : parameters.external ? " (external)" : " (internal)"}`],
    ["state", peer.state === "established" ? `established for ${duration(peer.establishedForMs)}` : peer.state],
    ["sessions", String(peer.establishedCount)],
    ["last error", peer.lastDownReason || "-"],
    ["shutdown text", peer.shutdownText || "-"],
    ["hold time", parameters === undefined ? "-" : `${parameters.holdTimeMs / 1_000} s`],
    ["families", parameters?.families.join(", ") || "-"],
    ["families given up", peer.disabledFamilies.join(", ") || "-"],
    ...families.map((family) => [
      `routes ${family}`,
      `${routes?.received[family] ?? 0} received, ${routes?.advertised[family] ?? 0} advertised`,
    ]),
    ["route targets asked for", routes?.memberships === undefined ? "all" : String(routes.memberships)],
    ["in step", routes === undefined ? "-" : routes.inStep ? "yes" : `no: ${routes.missed} routes behind`],
    ["too large for a message", routes?.untold === undefined ? "-" : `${routes.untold} routes`],
    ["waiting to go", `${peer.outputBytes} bytes`],
    ["messages received", countsText(peer.messagesReceived)],
    ["messages sent", countsText(peer.messagesSent)],
    ["updates treated as withdraw", String(peer.treatedAsWithdraw)],
    ["attributes discarded", String(peer.attributesDiscarded)],
    ["our capabilities", capabilitiesText(capabilities?.local)],
    ["its capabilities", capabilitiesText(capabilities?.peer)],
  ];
}

/** Routes of the tables, a path a row; the best one is marked. */
export function routeRows(nodes: Readonly<Record<string, readonly TableRoute[]>>): Rows {
  const head = [
    "NODE",
    "FAMILY",
    "ROUTE",
    "",
    "SOURCE",
    "NEXT HOP",
    "LABEL",
    "LOCAL PREF",
    "MED",
    "AS PATH",
    "TARGETS",
  ];
  const rows = Object.entries(nodes).flatMap(([node, routes]) =>
    routes.flatMap(({ family, route, paths }) => paths.map((path) => [node, family, route, ...pathCells(path)])),
  );
  return [head, ...rows];
}

/** Routes of an instance, a next hop a row. */
export function instanceRows(nodes: Readonly<Record<string, readonly InstanceRoute[]>>): Rows {
  const head = ["NODE", "ROUTE", "NEXT HOP", "LABEL", "LOCAL PREF", "NETWORK", "SECURITY GROUPS"];
  const rows = Object.entries(nodes).flatMap(([node, routes]) =>
    routes.flatMap(({ prefix, text, localPreference, nextHops }) =>
      nextHops.map((hop) => [
        ...[node, prefix ?? text ?? "-", hop.address, String(hop.label), String(localPreference)],
        ...[String(hop.virtualNetworkId), hop.securityGroupIds.join(",") || "-"],
      ]),
    ),
  );
  return [head, ...rows];
}

/** Why a route is as it is: its paths, who imports it, to whom it goes. */
export function whyLines(node: string, { family, route, paths, instances, peers }: ExplainedRoute): readonly string[] {
  return [
    `${node}: ${family} ${route}`,
    ...paths.map(
      (path) => `  ${path.best ? "best" : "    "}  from ${sourceText(path)} via ${path.nextHop}${reasonText(path)}`,
    ),
    ...(instances.length === 0 ? ["  imported into no instance"] : []),
    ...instances.flatMap(({ instance, imported, reason, policyProblems = [] }) => [
      imported
        ? `  imported into ${instance}${reason === undefined ? "" : `, and not used there: ${reason}`}`
        : `  not imported into ${instance}: ${reason}`,
      ...policyProblems.map((problem) => `    its policy ${lastPart(problem.policy)}: ${problem.reason}`),
    ]),
    ...peers.map(({ peer, advertised, waits, reason }) => {
      if (!advertised) return `  not advertised to ${lastPart(peer)}: ${reason}`;
      return `  advertised to ${lastPart(peer)}${waits ? ", as soon as it has read what is before it" : ""}`;
    }),
  ];
}

function pathCells(path: RoutePath): readonly string[] {
  const mark = path.best ? ">" : path.feasible ? "" : "x";
  return [
    ...[`${mark}${path.stale ? "s" : ""}`, sourceText(path), path.nextHop, String(path.label)],
    ...[
      String(path.localPreference ?? "-"),
      String(path.med ?? "-"),
      path.asPath || "-",
      path.targets.join(",") || "-",
    ],
  ];
}

function reasonText({ reason, stale }: RoutePath): string {
  return `${reason === undefined ? "" : `: ${reason}`}${stale ? " (stale: its source is away)" : ""}`;
}

function capabilitiesText(capabilities: readonly Capability[] | undefined): string {
  return capabilities?.map(capabilityText).join("; ") ?? "-";
}

function capabilityText({ kind, ...fields }: Capability): string {
  const values = Object.entries(fields).map(([name, value]) => `${name} ${valueText(value)}`);
  return values.length === 0 ? kind : `${kind} (${values.join(", ")})`;
}

function valueText(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.map((each: { afi: number; safi: number }) => `${each.afi}/${each.safi}`).join(" ");
}

function countsText({ total, ...types }: Readonly<Record<string, number>>): string {
  return `${total ?? 0} (${Object.entries(types)
    .map(([type, count]) => `${type} ${count}`)
    .join(", ")})`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, each) => all + each, 0);
}

function lastPart(name: string): string {
  return name.split(":").at(-1) ?? name;
}

/** Peers of the fabric by their own names, as in the summary; those inside instances keep the instance's. */
function sourceText({ source }: Pick<RoutePath, "source">): string {
  return source.replace(/^((?:internal|external)-peer )\S+:__default__:/, "$1");
}

/** "3d 04:05:06", or without the days. */
function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [seconds / 3_600, seconds / 60, seconds].map((each, index) =>
    two(Math.floor(each) % (index === 0 ? 24 : 60)),
  );
  const days = Math.floor(seconds / 86_400);
  return `${days > 0 ? `${days}d ` : ""}${time.join(":")}`;
}
