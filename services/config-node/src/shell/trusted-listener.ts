import { BlockList, isIP } from "node:net";
import { ContrailError } from "@contrail/errors";
import { endpoints, type HttpListener, serveHttp } from "@contrail/runtime";
import type { FastifyInstance } from "fastify";
import { STOCK_PLUGIN } from "../core/caller.ts";
import type { Entrance } from "./access/entrance.ts";

/** Connections at a time: a plugin keeps one, and CloudStack has few management servers. */
const MAX_CONNECTIONS = 64;

/**
 * The entrance of CloudStack's stock plugins, which can neither speak TLS nor say who they are: only the sources that are
 * named are let in.
 */
export function trustedEntrance(allowed: BlockList): Entrance {
  return async ({ address: given }) => {
    const address = (given ?? "").replace(/^::ffff:/, "");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (isIP(address) !== 0 && allowed.check(address, family)) return STOCK_PLUGIN;
    throw new ContrailError("config.permission_denied", `${address} is not one of the trusted sources`);
  };
}

/** Serves the API to the stock plugins, on an address of its own. */
export function serveTrusted(app: FastifyInstance, listen: string): Promise<HttpListener> {
  return serveHttp(app, endpoints(listen, ""), { maxConnections: MAX_CONNECTIONS });
}

/** Sources as they are set: "10.0.0.5,10.1.0.0/24". Throws "settings.bad_request" where there are none. */
export function readSources(text: string): BlockList {
  const list = new BlockList();
  for (const source of text.split(",").filter((item) => item !== "")) {
    const [address = "", length] = source.trim().split("/");
    const version = isIP(address);
    const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length);
    if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32)) {
      throw new ContrailError("settings.bad_request", `--trusted-sources: ${source} is no address and no prefix`);
    }
    list.addSubnet(address, bits, version === 6 ? "ipv6" : "ipv4");
  }
  if (list.rules.length > 0) return list;
  throw new ContrailError("settings.bad_request", "--trusted-listen needs --trusted-sources: nobody would be let in");
}
