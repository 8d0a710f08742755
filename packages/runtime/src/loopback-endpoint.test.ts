import { expect, test } from "vitest";
import { z } from "zod";
import { loopbackEndpoint } from "./loopback-endpoint.ts";
import { parseSettings } from "./settings.ts";

const schema = z.object({ introspectListen: loopbackEndpoint.default("127.0.0.1:8085").describe("introspect") });

test.each(["127.0.0.1:0", "127.1.2.3:8085", "[::1]:8085", "localhost:8085"])("%s is loopback", (endpoint) => {
  expect(parseSettings(schema, ["--introspect-listen", endpoint], {}).introspectListen).toBe(endpoint);
});

test.each([
  "0.0.0.0:8085",
  ":8085",
  "8085",
  "[::]:8085",
  "172.30.1.2:8085",
  "127.0.0.1.example.org:8085",
  "localhost.example.org:8085",
  "172.30.1.2:8085 127.0.0.1:8085",
  "unix:/tmp/socket",
  "",
])('"%s" is refused with the flag\'s name', (endpoint) => {
  expect(() => parseSettings(schema, [`--introspect-listen=${endpoint}`], {})).toThrow(
    /--introspect-listen: must be a loopback address and port/,
  );
});
