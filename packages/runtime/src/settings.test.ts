import { ContrailError } from "@contrail/errors";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseSettings } from "./settings.ts";

const schema = z.object({
  restListen: z.string().default("127.0.0.1:8082").describe("address and port"),
  holdTimeMs: z.coerce.number().int().min(1).default(90_000).describe("milliseconds"),
  name: z.string().min(1).describe("node name"),
});

test("a flag wins over the environment, the environment over the default", () => {
  const env = { CONTRAIL_NAME: "env", CONTRAIL_HOLD_TIME_MS: "5" };
  expect(parseSettings(schema, ["--name", "flag"], env)).toEqual({
    restListen: "127.0.0.1:8082",
    holdTimeMs: 5,
    name: "flag",
  });
});

test.each([
  [["--hold-time-ms", "soon", "--name", "a"], /--hold-time-ms/],
  [[], /--name/],
  [["--unknown", "x"], /--unknown/],
])("%j is refused with the flag's name", (argv, text) => {
  expect(() => parseSettings(schema, argv, {})).toThrow(text);
  expect(() => parseSettings(schema, argv, {})).toThrow(ContrailError);
});

test("--help gives every flag with its variable, meaning and default, whatever else is missing", () => {
  expect(() => parseSettings(schema, ["--help"], {})).toThrow(
    expect.objectContaining({
      code: "settings.help",
      message: expect.stringContaining(
        "--rest-listen VALUE (CONTRAIL_REST_LISTEN)\n      address and port (default 127.0.0.1:8082)",
      ),
    }),
  );
});
