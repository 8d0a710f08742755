import type { FastifyInstance } from "fastify";
import { changeEvent, initialEvents } from "../../core/watch-events.ts";
import { readWatchQuery, type WatchQuery } from "../../core/watch-query.ts";
import { baseUrl, queryOf, type RestContext } from "./context.ts";
import { EventStream } from "./event-stream.ts";

/**
 * GET /watch: the objects of some types as they are (init), then every change (create, update, delete), as server-sent
 * events. An event's id is its position in the log: a client that comes back with the last one misses nothing.
 */
export function watchRoutes(app: FastifyInstance, { objects, feed, clock }: RestContext): void {
  const send = async (stream: EventStream, query: WatchQuery, base: string): Promise<void> => {
    const end = await feed.end();
    // A position that the log has not reached is one of another log: its follower begins again.
    const from = query.from !== undefined && query.from <= end ? query.from : undefined;
    if (from === undefined) {
      for (const text of initialEvents(objects.graph, query, end - 1n, base)) await stream.write(text);
    }
    for await (const batch of feed.follow(from ?? end, stream.signal)) {
      for (const { offset, change } of batch) {
        const text = changeEvent(objects.graph, change, query, offset, base);
        if (text !== undefined) await stream.write(text);
      }
    }
  };

  app.get("/watch", async (request, reply) => {
    const header = request.headers["last-event-id"];
    const query = readWatchQuery(queryOf(request), typeof header === "string" ? header : undefined);
    feed.refuseTooMany();
    reply.hijack();
    const stream = new EventStream(reply.raw, clock);
    try {
      await send(stream, query, baseUrl(request));
    } finally {
      stream.end();
    }
  });
}
