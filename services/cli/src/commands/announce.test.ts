import { expect, test } from "vitest";
import { configurationLine } from "./announce.ts";

test("the configuration API is announced where it is: on its port, or on its socket where another program has that", () => {
  expect(configurationLine({ run: "/r" }, true)).toBe("Configuration API: http://127.0.0.1:8082");
  expect(configurationLine({ run: "/r" }, false)).toBe(
    "Configuration API: unix socket /r/config-rest.sock (another program has 127.0.0.1:8082)",
  );
});
