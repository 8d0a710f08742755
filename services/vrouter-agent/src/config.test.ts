import { parseSettings } from "@contrail/runtime";
import { expect, test } from "vitest";
import { SETTINGS } from "./config.ts";

const NEEDED = ["--name=host1", "--address=172.30.1.2", "--control-nodes=c:5269", "--pki-dir=p", "--state-dir=s"];

test("--port-listen takes no address that other machines reach", () => {
  const flag = "--port-listen";
  expect(() => parseSettings(SETTINGS, [...NEEDED, `${flag}=0.0.0.0:9091`], {})).toThrow(`${flag}: must be a loopback`);
  expect(() => parseSettings(SETTINGS, [...NEEDED, `${flag}=127.0.0.1:9091`], {})).not.toThrow();
});
