import { parseSettings } from "@contrail/runtime";
import { z } from "zod";

/** Settings of the engine: flags, or CONTRAIL_* in the environment. */
export const SETTINGS = z.object({
  name: z.string().min(1).describe("name of the host, as in the engine's certificate"),
  socket: z.string().min(1).describe("unix socket that the agent drives the engine through, mutual TLS"),
  pkiDir: z.string().min(1).describe("directory of CA and certificates"),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("least level that is logged"),
});

export type Settings = z.infer<typeof SETTINGS>;

/** Reads and checks the settings. Throws ContrailError naming the flag. */
export function readSettings(): Settings {
  return parseSettings(SETTINGS, process.argv.slice(2), process.env);
}
