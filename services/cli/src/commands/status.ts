import { systemState } from "./connection.ts";
import { table } from "./report.ts";

/** `contrail status`: every node, what is wrong and the next step; exit code 0 where all is well, else 3. */
export async function status(json: boolean): Promise<number> {
  const state = await systemState();
  if (json) process.stdout.write(`${JSON.stringify(state)}\n`);
  else {
    process.stdout.write(`${state.state}, ${state.engine} data plane (${state.engineReason})\n\n`);
    const nodes = state.nodes.map((node) => [
      node.name,
      node.role,
      node.namespace,
      String(node.pid ?? "-"),
      node.address,
      node.state,
      String(node.restarts),
      node.problem ?? "",
    ]);
    process.stdout.write(
      table([["NODE", "ROLE", "NAMESPACE", "PID", "ADDRESS", "STATE", "RESTARTS", "PROBLEM AND NEXT STEP"], ...nodes]),
    );
    for (const { name, notes } of state.nodes)
      for (const note of notes) process.stdout.write(`\nnote of ${name}: ${note}\n`);
    for (const listener of state.wideListeners) process.stdout.write(`\nopen wider than the default: ${listener}\n`);
    const machines = [
      ...state.machines.map(({ name, host, address, network, problem }) => [
        name,
        host,
        address,
        network,
        problem ?? "",
      ]),
      ...state.cloudMachines.flatMap(({ instanceName, host, domain, account, nics }) =>
        nics.map(({ address, network }) => [instanceName, host, address, `${network} of ${domain}/${account}`, ""]),
      ),
    ];
    if (machines.length > 0) {
      const isOneWrong = state.machines.some(({ problem }) => problem !== null);
      const head = ["MACHINE", "HOST", "ADDRESS", "NETWORK", ...(isOneWrong ? ["PROBLEM AND NEXT STEP"] : [])];
      process.stdout.write(`\n${table([head, ...machines])}`);
    }
  }
  return state.state === "healthy" ? 0 : 3;
}
