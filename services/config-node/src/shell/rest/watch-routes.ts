import type { FastifyInstance, FastifyRequest } from "fastify";
import { Sight } from "../../core/access/sight.ts";
import { changeEvent, initialEvents } from "../../core/watch-events.ts";
import { readWatchQuery, type WatchQuery } from "../../core/watch-query.ts";
import { baseUrl, queryOf, type RestContext } from "./context.ts";
import { EventStream } from "./event-stream.ts";

/**
 * GET /watch: the objects of some types as they are (init), then every change (create, update, delete), as server-sent
 * events. An event's id is its position in the log: a client that comes back with the last one misses nothing.
 */
export function watchRoutes(app: FastifyInstance, { objects, feed, clock, gate }: RestContext): void {
  const send = async (stream: EventStream, query: WatchQuery, request: FastifyRequest): Promise<void> => {
    const { graph } = objects;
    const base = baseUrl(request);
    const { limits } = gate.viewOf(request);
    const sight = limits === undefined ? undefined : new Sight(limits);
    const end = await feed.end();
    // A position that the log has not reached is one of another log: its follower begins again. So does one that does not
    // see everything: the log does not say what was his of what is gone.
    const isOurs = sight === undefined && query.from !== undefined && query.from <= end;
    const from = isOurs ? query.from : undefined;
    if (from === undefined) {
      await objects.cache.freshness.reached(end, stream.signal);
      for (const text of initialEvents(graph, query, end - 1n, base, sight)) await stream.write(text);
    }
    for await (const batch of feed.follow(from ?? end, stream.signal)) {
      // A token that is over by now ends the stream.
      const view = await gate.renew(request).catch(() => undefined);
      if (view === undefined || (view.limits === undefined) !== (sight === undefined)) return;
      if (view.limits !== undefined) sight?.renew(view.limits);
      for (const { offset, change } of batch) {
        const text = changeEvent(graph, change, query, offset, base, sight);
        if (text !== undefined) await stream.write(text);
      }
    }
  };

  app.get("/watch", async (request, reply) => {
    const header = request.headers["last-event-id"];
    const query = readWatchQuery(queryOf(request), typeof header === "string" ? header : undefined);
    const view = gate.viewOf(request);
    for (const type of query.types.keys()) view.requireOperation("R", type);
    feed.refuseTooMany();
    reply.hijack();
    const stream = new EventStream(reply.raw, clock);
    try {
      await send(stream, query, request);
    } finally {
      stream.end();
    }
  });
}
