import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { HeldClock, until } from "../../testing/held-clock.ts";
import { EventStream } from "./event-stream.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A stream with the client at its other end, which reads only what it is asked to. */
async function connected(clock: HeldClock): Promise<{ stream: EventStream; client: IncomingMessage }> {
  const opened = Promise.withResolvers<EventStream>();
  const server = createServer((_request, response) => opened.resolve(new EventStream(response, clock)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  const client = await new Promise<IncomingMessage>((resolve) => get({ host: "127.0.0.1", port }, resolve));
  client.on("error", () => undefined);
  return { stream: await opened.promise, client };
}

test("a client that takes nothing holds the writer up, and is cut off after a minute", async () => {
  const clock = new HeldClock();
  const { stream } = await connected(clock);
  const text = "x".repeat(1 << 20);
  let written = 0;
  const writing = (async () => {
    while (!stream.signal.aborted) {
      await stream.write(text);
      written++;
    }
  })();
  await until(() => clock.waiting === 2);
  const before = written;
  expect(before).toBeLessThan(100);
  clock.advance(60_000);
  await writing;
  expect(written).toBeLessThanOrEqual(before + 1);
});

test("a comment comes every 15 s, and no timer is left when the client has gone", async () => {
  const clock = new HeldClock();
  const { stream, client } = await connected(clock);
  let seen = "";
  client.on("data", (part: Buffer) => {
    seen += part.toString();
  });
  for (const times of [1, 2]) {
    clock.advance(15_000);
    await until(() => seen === ":\n\n".repeat(times));
  }
  client.destroy();
  await until(() => stream.signal.aborted);
  expect(clock.waiting).toBe(0);
});
