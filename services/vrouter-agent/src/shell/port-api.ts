import { ContrailError, wireStatus } from "@contrail/errors";
import { createHttpApp } from "@contrail/runtime";
import { type Port, readPorts } from "../core/port.ts";
import type { Agent } from "./agent.ts";

/** The port API in OpenContrail's format: JSON bodies of any content type, a JSON object as every answer. */
export function createPortApi(agent: Agent) {
  const app = createHttpApp();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch (reason) {
      done(new ContrailError("agent.bad_request", `the body is not JSON: ${ContrailError.from(reason).message}`));
    }
  });
  app.setErrorHandler((reason, _request, reply) => {
    const error = ContrailError.from(reason);
    const known = reason instanceof Error && "statusCode" in reason ? Number(reason.statusCode) : undefined;
    return reply.code(known ?? wireStatus(error.code).http).send({ error: error.message });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "no such resource" }));

  app.post("/port", async (request) => {
    for (const port of readPorts(request.body)) agent.addPort(port);
    await agent.settled();
    return {};
  });
  app.get("/ports", () => ({ ports: agent.ports().map((port) => describe(agent, port)) }));
  app.get<{ Params: { id: string } }>("/port/:id", (request) => describe(agent, find(agent, request.params.id)));
  app.delete<{ Params: { id: string } }>("/port/:id", async (request) => {
    agent.removePort(request.params.id.toLowerCase());
    await agent.settled();
    return {};
  });
  const enable = (enabled: boolean) => async (request: { readonly params: { readonly id: string } }) => {
    agent.enablePort(find(agent, request.params.id).id, enabled);
    await agent.settled();
    return {};
  };
  app.put<{ Params: { id: string } }>("/enable-port/:id", enable(true));
  app.put<{ Params: { id: string } }>("/disable-port/:id", enable(false));
  return app;
}

function find(agent: Agent, id: string): Port {
  const port = agent.port(id.toLowerCase());
  if (port === undefined) throw new ContrailError("agent.not_found", `no port ${id.slice(0, 100)}`);
  return port;
}

function describe(agent: Agent, port: Port): Record<string, unknown> {
  const state = agent.state.ports.find((candidate) => candidate.port.id === port.id);
  return { ...port, active: state?.active !== undefined, "waits-for": state?.waitsFor ?? null };
}
