import type { ConfigGraph, GraphChange } from "@contrail/graph";
import { NO_FEATURES, type Rib } from "@contrail/rib";
import { instanceFeatures } from "../core/instance-features.ts";
import { instanceName, instanceSettings, touchedInstances } from "../core/routing-instances.ts";
import { instancePolicies } from "../core/routing-policies.ts";
import type { AgentServer } from "./agents/agent-server.ts";
import type { BgpSpeaker } from "./bgp/session-port.ts";
import type { BgpExchange } from "./bgp-exchange.ts";
import type { InnerExchange } from "./inner-exchange.ts";
import { PeersReceiver } from "./peers-receiver.ts";
import type { PolicyProblems } from "./policy-problems.ts";
import type { RestartDeferral } from "./restart-deferral.ts";
import type { RibDriver } from "./rib-driver.ts";

/** What a node knows, and those who carry it to and from peers and agents. */
export interface ConfiguredTables {
  readonly graph: ConfigGraph;
  readonly rib: Rib;
  readonly driver: RibDriver;
  readonly exchange: BgpExchange;
  readonly inner: InnerExchange;
  readonly agents: AgentServer;
  readonly deferral: RestartDeferral;
  readonly policyProblems: PolicyProblems;
}

interface ConfigurationTargets extends ConfiguredTables {
  readonly name: string;
  readonly speaker: Pick<BgpSpeaker, "setPeers">;
}

/** Tells each change of the configuration to whom it concerns; agents are sent theirs once for all changes of a turn. */
export function configurationReceiver(targets: ConfigurationTargets): (change: GraphChange) => void {
  const { agents, driver, deferral } = targets;
  const peers = new PeersReceiver(targets);
  let flushing = false;
  return (change) => {
    instancesChanged(targets, change);
    peers.changed(change);
    if (change.type === "bgp-router" || change.type === "virtual-router") deferral.look();
    agents.configChanged(change);
    driver.changed();
    if (flushing) return;
    flushing = true;
    setImmediate(() => {
      flushing = false;
      peers.flush();
      agents.flush();
    });
  };
}

function instancesChanged({ graph, rib, policyProblems }: ConfigurationTargets, change: GraphChange): void {
  for (const uuid of touchedInstances(graph, change)) {
    const instance = graph.get(uuid);
    if (instance !== undefined) {
      rib.setInstance(instanceSettings(graph, instance));
      const { policies, problems } = instancePolicies(graph, instance);
      rib.setFeatures(instanceName(instance), instanceFeatures(graph, instance, policies));
      policyProblems.set(instanceName(instance), problems);
    } else if (change.before !== undefined) {
      rib.removeInstance(instanceName(change.before));
      rib.setFeatures(instanceName(change.before), NO_FEATURES);
      policyProblems.set(instanceName(change.before), []);
    }
  }
}
