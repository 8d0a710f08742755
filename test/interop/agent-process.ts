import { createInterface } from "node:readline";
import { AgentClient, agentRoute } from "@contrail/control-node/testing";
import { identityFiles } from "@contrail/pki";
import type { agentWire } from "@contrail/wire";
import type { AgentCommand, AgentReport, SaidHello } from "./agent-protocol.ts";
import { toldAttributes, wireDestination, wireFamilies, wireRoute } from "./said-route.ts";

/*
 * An agent's end of a session, told what to publish by JSON lines: arguments PKI directory, agent name, its host
 * address as a number, address and port of the control node. Prints its routes whenever they change.
 */
const [pkiDirectory = "", name = "", host = "0", controlNode = ""] = process.argv.slice(2);
const hostAddress = Number(host);
const client = new AgentClient(controlNode, identityFiles(pkiDirectory, { role: "agent", name }));
let printed = "";

function report(): void {
  const state: AgentReport = {
    up: client.of("welcome").length > 0 && client.ended === undefined,
    withdrawn: client.withdrawn,
    ends: client.of("endOfRib").map(({ vrf }) => vrf),
    routes: Object.fromEntries(client.routes),
    attributes: toldAttributes(client.reached),
  };
  const line = JSON.stringify(state);
  if (line !== printed) process.stdout.write(`${line}\n`);
  printed = line;
}

function routeTo(last: number, routerMac: number | undefined): agentWire.AgentRoute {
  const label = 16 + last;
  const route = agentRoute(hostAddress, last, label);
  if (routerMac === undefined) return route;
  const nextHop = { address: hostAddress, label, encapsulations: [13, 8], routerMac: BigInt(routerMac) };
  return { ...route, nextHop: { ...nextHop, tagIds: [], localSequence: 0 } };
}

function hello({
  address,
  families = [],
  forwardingPreserved = false,
}: { readonly address: string } & SaidHello): void {
  client.hello(name, address, forwardingPreserved, undefined, wireFamilies(families));
}

const looking = setInterval(() => {
  client.say({ $case: "keepalive", value: {} });
  report();
}, 50);

// The form of the lines is that of agent-protocol.ts: both ends are ours.
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as AgentCommand;
  switch (command.kind) {
    case "hello":
      hello(command);
      break;
    case "subscribe":
      client.subscribe(command.vrf, command.instanceId);
      break;
    case "subscribe-alone":
      client.subscribeAlone(command.vrf, command.instanceId);
      break;
    case "machine":
      client.say({ $case: "vmSubscribe", value: { vmUuid: command.uuid } });
      break;
    case "publish":
      client.publish(command.vrf, ...command.hosts.map((last) => routeTo(last, command.routerMac)));
      break;
    case "withdraw": {
      const prefixes = command.hosts
        .map((last) => agentRoute(hostAddress, last).prefix)
        .filter((prefix) => prefix !== undefined);
      client.say({ $case: "routeWithdraw", value: { vrf: command.vrf, prefixes } });
      break;
    }
    case "publish-routes":
      client.publish(command.vrf, ...command.routes.map((route) => wireRoute(route, hostAddress)));
      break;
    case "withdraw-routes": {
      const prefixes = command.routes.map((route) => wireDestination(route, hostAddress));
      client.say({ $case: "routeWithdraw", value: { vrf: command.vrf, prefixes } });
      break;
    }
    case "end-of-rib":
      client.endOfRib();
  }
}
clearInterval(looking);
client.close();
