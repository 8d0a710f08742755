import { DROP_REASONS, type DropReason, type TableDelta } from "@contrail/forwarding";
import fc from "fast-check";
import { conversation } from "./conversation-arbitrary.ts";
import { oddSteps } from "./odd-arbitrary.ts";
import { serviceSteps } from "./service-arbitrary.ts";
import type { Step, TimedStep } from "./step.ts";
import { worldTables } from "./world.ts";
import { worldArbitrary } from "./world-arbitrary.ts";

/** Tables, and what happens to them in order. */
export interface Scenario {
  readonly tables: readonly TableDelta[];
  readonly steps: readonly TimedStep[];
}

/** A change of policy, or of bounds, in the middle of everything: to another world of the same shape. */
const change: fc.Arbitrary<readonly Step[]> = worldArbitrary.map((choices) => [
  { kind: "apply", about: "change", batch: worldTables(choices) },
]);

const pause = fc.constantFrom(1_000_000n, 1_000_000n, 400_000_000n, 1_100_000_000n);

/** Scenarios that reach every stage of PIPELINE.md and every drop reason that version 1 has. */
export const scenarioArbitrary: fc.Arbitrary<Scenario> = fc
  .tuple(
    worldArbitrary,
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: conversation },
        { weight: 6, arbitrary: oddSteps },
        { weight: 2, arbitrary: serviceSteps },
        { weight: 1, arbitrary: change },
      ),
      { minLength: 1, maxLength: 12 },
    ),
    fc.array(pause, { minLength: 1, maxLength: 16 }),
  )
  .map(([choices, parts, pauses]) => ({
    tables: worldTables(choices),
    steps: parts.flat().map((step, index) => ({ step, afterNs: pauses[index % pauses.length] ?? 0n })),
  }));

/** Drop reasons that no packet of version 1 meets in the pipeline, and why. */
export const UNREACHABLE_DROP_REASONS: ReadonlyMap<DropReason, string> = new Map<DropReason, string>([
  ...([
    ["pull", "headers are read whole; what is short is invalid_packet"],
    ["flow_table_full", "embryonic entries replace the least recently used; above the quota flows stay embryonic"],
    ["flow_queue_limit_exceeded", "no packet waits for the agent"],
    ["interface_tx_discard", "counted by the shell where a device refuses a frame, never by the pipeline"],
    ["interface_rx_discard", "nothing is queued on receipt"],
    ["interface_drop", "interfaces have no drop state"],
    ["no_memory", "all tables are bounded beforehand"],
    ["cksum_err", "checksums are updated, not verified"],
  ] as const),
  ...(
    [
      "flow_no_memory",
      "head_alloc_fail",
      "pcow_fail",
      "mcast_clone_fail",
      "clone_fail",
      "push",
      "rewrite_fail",
    ] as const
  ).map((reason) => [reason, "no packet memory is managed by hand"] as const),
  ...(
    [
      "flow_nat_no_rflow",
      "drop_new_flow",
      "flow_evict",
      "flow_unusable",
      "flow_action_invalid",
      "flow_invalid_protocol",
    ] as const
  ).map((reason) => [reason, "no NAT and no held or evicted flow states in version 1"] as const),
  ...(["invalid_mcast_source", "mcast_df_bit", "cloned_original", "duplicated", "leaf_to_leaf"] as const).map(
    (reason) => [reason, "no multicast in version 1"] as const,
  ),
  ...(["invalid_vnid", "l2_no_route", "bmac_isid_mismatch", "vlan_fwd_tx", "vlan_fwd_enq", "no_fmd"] as const).map(
    (reason) => [reason, "no layer 2 forwarding in version 1"] as const,
  ),
  ...(["no_crypt_path", "invalid_hbs_pkt", "invalid_underlay_ecmp", "fragment_queue_fail", "misc"] as const).map(
    (reason) => [reason, "the feature is not part of the system"] as const,
  ),
]);

/** The drop reasons that scenarios reach. */
export const REACHABLE_DROP_REASONS: readonly DropReason[] = DROP_REASONS.filter(
  (reason) => !UNREACHABLE_DROP_REASONS.has(reason),
);
