import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { type ConfigGraph, createGraph } from "@contrail/graph";
import { parseInetAddress } from "@contrail/net";
import type { Logger, Meter } from "@contrail/observability";
import { identityFiles } from "@contrail/pki";
import { Rib } from "@contrail/rib";
import {
  createIntrospect,
  createLogger,
  createMeter,
  type RunningService,
  serveIntrospect,
  systemClock,
} from "@contrail/runtime";
import { OTHER_MAJOR } from "@contrail/wire";
import { openBus } from "./bus.ts";
import type { Settings } from "./config.ts";
import { desiredPeers } from "./core/bgp-peers.ts";
import { AgentServer } from "./shell/agents/agent-server.ts";
import { startBgpSpeaker } from "./shell/bgp/speaker.ts";
import { BgpExchange } from "./shell/bgp-exchange.ts";
import { readConfig } from "./shell/config-reader.ts";
import { type ConfiguredTables, configurationReceiver } from "./shell/configuration-receiver.ts";
import { InnerExchange } from "./shell/inner-exchange.ts";
import { introspectPages } from "./shell/introspect/pages.ts";
import { PolicyProblems } from "./shell/policy-problems.ts";
import { RestartDeferral } from "./shell/restart-deferral.ts";
import { RibDriver } from "./shell/rib-driver.ts";
import { dispatchSessions } from "./shell/session-dispatch.ts";

/** Opens the tables, listens for peers and agents, then reads the configuration; in this order. */
export async function startControlNode(settings: Settings, stop: AbortSignal): Promise<RunningService> {
  const logger = createLogger(`control-node ${settings.name}`, settings.logLevel);
  const meter = createMeter();
  const clock = systemClock;
  const identity = identityFiles(settings.pkiDir, { role: "control", name: settings.name });
  const { address, name } = settings;
  const tables = openTables(settings, clock, logger, meter);
  const { graph, exchange, inner, agents, deferral } = tables;
  const handler = dispatchSessions(exchange, inner);
  const speaker = await startBgpSpeaker({ address, port: settings.bgpPort, clock, logger, meter, handler });
  const agentServer = await agents.listen(identity, `${address}:${settings.agentPort}`);
  const onChange = configurationReceiver({ ...tables, name, speaker });

  const controller = new AbortController();
  const signal = AbortSignal.any([stop, controller.signal]);
  const bus = openBus(settings, identity, clock, logger);
  const poisoned = meter.counter(
    "contrail_control_poison_messages_total",
    "configuration messages that could not be read",
  );
  const gaps = meter.counter("contrail_control_log_gaps_total", "times that the log had lost records");
  let synchronized = false;
  const onSynchronized = (): void => {
    synchronized = true;
    logger.info("configuration is complete", { objects: graph.size });
    agents.configComplete();
    exchange.configComplete();
    deferral.configComplete();
  };
  const reading = readConfig({ bus, graph, clock, logger, poisoned, gaps, onChange, onSynchronized }, signal).catch(
    (reason: unknown) => {
      if (signal.aborted) return;
      const { code, message } = ContrailError.from(reason);
      if (code !== OTHER_MAJOR) throw reason;
      // Agents and peers keep what they have: it was right until here.
      logger.error("the configuration is read no further", { reason: message });
    },
  );
  const pages = introspectPages({ ...tables, name, speaker, clock, synchronized: () => synchronized });
  const introspect = await serveIntrospect(createIntrospect(meter, pages), settings, {
    files: identity,
    advice: "set --pki-dir",
    clock,
    logger,
  });
  logger.info("serving", { address, bgp: speaker.port, agents: agentServer.port });

  return {
    async stop() {
      controller.abort(new ContrailError("stopped", "the node is stopping"));
      agents.close();
      deferral.close();
      agentServer.close();
      await Promise.all([introspect.close(), speaker.close(), reading]);
      exchange.close();
      await bus.close();
    },
  };
}

function openTables(settings: Settings, clock: Clock, logger: Logger, meter: Meter): ConfiguredTables {
  const { name, autonomousSystem, keepaliveMs, holdMs, gracefulRestartMs } = settings;
  const graph = createGraph();
  const rib = new Rib({ autonomousSystem, routerId: parseInetAddress(settings.address) ?? 0 });
  const driver = new RibDriver(rib, clock);
  const deferral = new RestartDeferral({
    driver,
    clock,
    waitMs: settings.endOfRibWaitMs,
    ...awaited(graph, name),
    openToPeers: () => exchange.synchronized(),
    openToAgents: () => agents.routesComplete(),
  });
  const untold = meter.counter(
    "contrail_control_untold_routes_total",
    "routes that a BGP peer was not told of, as their attributes do not fit into a message",
  );
  const problems = meter.counter(
    "contrail_control_policy_problems_total",
    "routing policies that do not count, or not with all that they say, each time that one came up",
  );
  const onHeard = (peer: string): void => deferral.heardPeer(peer);
  const exchange = new BgpExchange({
    driver,
    clock,
    logger,
    localAddress: rib.routerId,
    maxRoutes: settings.routesPerPeer,
    endOfRibWaitMs: settings.endOfRibWaitMs,
    onHeard,
    untold,
  });
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
  const inner = new InnerExchange(driver, logger, untold);
  const policyProblems = new PolicyProblems(logger, problems);
  return { graph, rib, driver, exchange, inner, agents, deferral, policyProblems };
}

/** Whom the configuration names: agents by their virtual-router, peers that are not administratively down. */
function awaited(graph: ConfigGraph, nodeName: string) {
  return {
    agents: () => [...graph.ofType("virtual-router")].flatMap(({ fqName }) => fqName.at(-1) ?? []),
    peers: () => desiredPeers(graph, nodeName).flatMap(({ name, adminDown }) => (adminDown === true ? [] : name)),
  };
}
