import type { ExtendedNetwork } from "./gateway.ts";
import { instanceName } from "./junos-names.ts";
import { isInet6 } from "./subnets.ts";

/*
 * Between a public network's VRF and the main table. A static route of each table into the other is a loop to Junos, so
 * what comes in is led by a filter on the main table's lookups, and what goes out by a default route:
 *
 *   outside ── inet.0 ── filter: to the prefix? ──► VRF ── route of a vRouter ──► tunnel
 *                 ▲ discard, for protocols to announce       │
 *                 └──────────── 0.0.0.0/0 next-table inet.0 ─┘
 *
 * An address of the prefix that nobody has ends at the discard.
 */
const VERSIONS = [
  { family: "inet", table: "inet.0", all: "0.0.0.0/0", matches: (prefix: string) => !isInet6(prefix) },
  { family: "inet6", table: "inet6.0", all: "::/0", matches: isInet6 },
] as const;

/** The statements that join public networks with the main tables. */
export function publicNetworks(networks: readonly ExtendedNetwork[]): readonly string[] {
  return VERSIONS.flatMap((version) => {
    const { family, matches } = version;
    const having = networks.map((network) => ({ network, prefixes: network.prefixes.filter(matches) }));
    const used = having.filter(({ prefixes }) => prefixes.length > 0);
    if (used.length === 0) return [];
    const filter = `contrail-public-${family}`;
    const lines = used.flatMap(({ network, prefixes }) => joined(instanceName(network), prefixes, version));
    return [
      ...lines,
      `firewall family ${family} filter ${filter} term other then accept`,
      `forwarding-options family ${family} filter input ${filter}`,
    ];
  });
}

function joined(instance: string, prefixes: readonly string[], version: (typeof VERSIONS)[number]): readonly string[] {
  const { family, table, all } = version;
  const term = `firewall family ${family} filter contrail-public-${family} term ${instance}`;
  // Static routes of IPv6 stand below the table that they are of.
  const [main, own] =
    family === "inet"
      ? ["routing-options static", "routing-options static"]
      : [`routing-options rib ${table} static`, `routing-options rib ${instance}.${table} static`];
  return [
    ...prefixes.map((prefix) => `${term} from destination-address ${prefix}`),
    `${term} then routing-instance ${instance}`,
    ...prefixes.map((prefix) => `${main} route ${prefix} discard`),
    `routing-instances ${instance} ${own} route ${all} next-table ${table}`,
  ];
}
