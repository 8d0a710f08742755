import { createEmbeddedBus } from "@contrail/bus-embedded";
import { ContrailError } from "@contrail/errors";
import { type ConfigGraph, createGraph, type GraphChange } from "@contrail/graph";
import { parseInetAddress } from "@contrail/net";
import { identityFiles } from "@contrail/pki";
import { Rib } from "@contrail/rib";
import {
  createIntrospect,
  createLogger,
  createMeter,
  type RunningService,
  serveHttp,
  systemClock,
} from "@contrail/runtime";
import type { Settings } from "./config.ts";
import { desiredPeers } from "./core/bgp-peers.ts";
import { instanceName, instanceSettings, touchedInstances } from "./core/routing-instances.ts";
import { AgentServer } from "./shell/agents/agent-server.ts";
import type { BgpSpeaker } from "./shell/bgp/session-port.ts";
import { startBgpSpeaker } from "./shell/bgp/speaker.ts";
import { BgpExchange } from "./shell/bgp-exchange.ts";
import { readConfig } from "./shell/config-reader.ts";
import { introspectPages } from "./shell/introspect-pages.ts";
import { RestartDeferral } from "./shell/restart-deferral.ts";
import { RibDriver } from "./shell/rib-driver.ts";

/** Opens the tables, listens for peers and agents, then reads the configuration; in this order. */
export async function startControlNode(settings: Settings, stop: AbortSignal): Promise<RunningService> {
  const logger = createLogger(`control-node ${settings.name}`, settings.logLevel);
  const meter = createMeter();
  const clock = systemClock;
  const identity = identityFiles(settings.pkiDir, { role: "control", name: settings.name });
  const graph = createGraph();
  const routerId = parseInetAddress(settings.address) ?? 0;
  const rib = new Rib({ autonomousSystem: settings.autonomousSystem, routerId });
  const driver = new RibDriver(rib, clock);
  const deferral = new RestartDeferral({
    driver,
    clock,
    waitMs: settings.endOfRibWaitMs,
    ...awaited(graph, settings.name),
    openToPeers: () => exchange.synchronized(),
    openToAgents: () => agents.routesComplete(),
  });
  const onHeard = (peer: string): void => deferral.heardPeer(peer);
  const exchange = new BgpExchange({ driver, clock, logger, maxRoutes: settings.routesPerPeer, onHeard });
  const { address, name, autonomousSystem, keepaliveMs, holdMs, gracefulRestartMs } = settings;
  const speaker = await startBgpSpeaker({ address, port: settings.bgpPort, clock, logger, meter, handler: exchange });
  const timing = { keepaliveMs, holdMs, gracefulRestartMs };
  const onEndOfRib = (agent: string): void => deferral.heardAgent(agent);
  const agents = new AgentServer({
    nodeName: name,
    autonomousSystem,
    graph,
    driver,
    clock,
    logger,
    onEndOfRib,
    ...timing,
  });
  const agentServer = await agents.listen(identity, `${address}:${settings.agentPort}`);

  const onChange = configurationReceiver({ name, graph, rib, speaker, exchange, agents, driver, deferral });

  const controller = new AbortController();
  const signal = AbortSignal.any([stop, controller.signal]);
  const bus = createEmbeddedBus({ address: settings.busAddress, identity, clock, logger, random: Math.random });
  const poisoned = meter.counter(
    "contrail_control_poison_messages_total",
    "configuration messages that could not be read",
  );
  let synchronized = false;
  const onSynchronized = (): void => {
    synchronized = true;
    logger.info("configuration is complete", { objects: graph.size });
    agents.configComplete();
    deferral.configComplete();
  };
  const reading = readConfig({ bus, graph, clock, logger, poisoned, onChange, onSynchronized }, signal).catch(
    (reason: unknown) => {
      if (!signal.aborted) throw reason;
    },
  );
  const pages = introspectPages({ name, graph, rib, speaker, exchange, agents, synchronized: () => synchronized });
  const introspect = await serveHttp(
    createIntrospect(meter, pages),
    settings.introspectSocket === ""
      ? [settings.introspectListen]
      : [settings.introspectListen, `unix:${settings.introspectSocket}`],
  );
  logger.info("serving", { address, bgp: speaker.port, agents: agentServer.port });

  return {
    async stop() {
      controller.abort(new ContrailError("stopped", "the node is stopping"));
      agents.close();
      deferral.close();
      agentServer.close();
      await Promise.all([introspect.close(), speaker.close(), reading]);
      await bus.close();
    },
  };
}

/** Whom the configuration names: agents by their virtual-router, peers that are not administratively down. */
function awaited(graph: ConfigGraph, nodeName: string) {
  return {
    agents: () => [...graph.ofType("virtual-router")].flatMap(({ fqName }) => fqName.at(-1) ?? []),
    peers: () => desiredPeers(graph, nodeName).flatMap(({ name, adminDown }) => (adminDown === true ? [] : name)),
  };
}

interface ConfigurationTargets {
  readonly name: string;
  readonly graph: ConfigGraph;
  readonly rib: Rib;
  readonly speaker: BgpSpeaker;
  readonly exchange: BgpExchange;
  readonly agents: AgentServer;
  readonly driver: RibDriver;
  readonly deferral: RestartDeferral;
}

/** Tells each change of the configuration to whom it concerns; agents are sent theirs once for all changes of a turn. */
function configurationReceiver(targets: ConfigurationTargets): (change: GraphChange) => void {
  const { name, graph, rib, speaker, exchange, agents, driver, deferral } = targets;
  let flushing = false;
  return (change) => {
    for (const uuid of touchedInstances(graph, change)) {
      const instance = graph.get(uuid);
      if (instance !== undefined) rib.setInstance(instanceSettings(graph, instance));
      else if (change.before !== undefined) rib.removeInstance(instanceName(change.before));
    }
    if (change.type === "bgp-router") {
      const peers = desiredPeers(graph, name);
      speaker.setPeers(peers);
      exchange.keepPeers(new Set(peers.map((peer) => peer.name)));
    }
    if (change.type === "bgp-router" || change.type === "virtual-router") deferral.look();
    agents.configChanged(change);
    driver.changed();
    if (flushing) return;
    flushing = true;
    setImmediate(() => {
      flushing = false;
      agents.flush();
    });
  };
}
