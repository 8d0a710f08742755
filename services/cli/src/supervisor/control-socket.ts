import { join } from "node:path";
import { ContrailError, wireStatus } from "@contrail/errors";
import { createHttpApp, type HttpListener, serveHttp } from "@contrail/runtime";
import { runMarked } from "../demo/cut-off.ts";
import type { MachineRequest } from "./machines.ts";
import { systemStatus } from "./status.ts";
import type { Supervisor } from "./supervisor.ts";

/** Serves the CLI's commands on a unix socket of the run directory. */
export function serveControlSocket(supervisor: Supervisor, onDown: () => void): Promise<HttpListener> {
  const app = createHttpApp();
  app.setErrorHandler((reason, _request, reply) => {
    const error = ContrailError.from(reason);
    return reply.code(wireStatus(error.code).http).send({ error: error.message, code: error.code });
  });
  app.get("/status", () => systemStatus(supervisor));
  app.post("/down", (_request, reply) => {
    setImmediate(onDown);
    return reply.send({});
  });
  app.get("/machines", () => supervisor.machines.list());
  app.post("/machines", (request) => {
    const wanted = readMachineRequest(request.body);
    return supervisor.track(() => supervisor.machines.add(wanted));
  });
  app.delete<{ Params: { name: string } }>("/machines/:name", async (request, reply) => {
    await supervisor.track(() => supervisor.machines.remove(request.params.name));
    return reply.send({});
  });
  let demonstrating = false;
  app.post("/demo", async (_request, reply) => {
    if (demonstrating) throw new ContrailError("demo.conflict", "a demonstration is running already; wait for its end");
    demonstrating = true;
    await checkAnswers(supervisor).catch((reason: unknown) => {
      demonstrating = false;
      throw reason;
    });
    reply.raw.writeHead(200, { "Content-Type": "application/x-ndjson" });
    const line = (value: unknown): void => {
      reply.raw.write(`${JSON.stringify(value)}\n`);
    };
    line({ progress: "the demonstration begins; its first step makes accounts, networks and machines" });
    const ok = await runMarked(supervisor, {
      step: (step) => line({ step }),
      progress: (text) => line({ progress: text }),
    }).finally(() => {
      demonstrating = false;
    });
    if (ok || !supervisor.stopping.aborted) line({ ok }); // Without it, the demonstration was cut off.
    reply.raw.end();
    return reply.hijack();
  });
  return serveHttp(app, [`unix:${join(supervisor.directories.run, "control.sock")}`]);
}

/** A demonstration on nodes that do not answer would only wait. */
async function checkAnswers(supervisor: Supervisor): Promise<void> {
  const { nodes } = await systemStatus(supervisor);
  const silent = nodes.filter(({ state, answers }) => state !== "running" || answers === false);
  if (silent.length === 0) return;
  const texts = silent.map(({ name, state, problem }) => `${name} ${problem ?? `is ${state}`}`);
  throw new ContrailError("demo.unavailable", `${texts.join("; ")}; see: contrail status`);
}

function readMachineRequest(body: unknown): MachineRequest {
  const given = (typeof body === "object" && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  if (typeof given.name !== "string" || typeof given.network !== "string") {
    throw new ContrailError("machine.bad_request", "name and network are wanted");
  }
  const groups = Array.isArray(given.securityGroups) ? given.securityGroups.map(String) : [];
  return {
    name: given.name,
    network: given.network,
    securityGroups: groups,
    ...(typeof given.host === "string" ? { host: given.host } : {}),
    ...(typeof given.address === "string" ? { address: given.address } : {}),
  };
}
