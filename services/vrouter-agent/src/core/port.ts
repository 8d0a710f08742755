import { ContrailError } from "@contrail/errors";
import { z } from "zod";

const UUID = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a UUID is wanted");

/** A port as the port API gets it (OpenContrail's field names); unknown fields are left out. */
const PORT = z.object({
  id: UUID,
  "instance-id": UUID,
  "system-name": z
    .string()
    .regex(/^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,15}$/, "a device name of 1 to 15 characters is wanted"),
  "display-name": z.string().max(255).default(""),
  "ip-address": z.string().max(64).default("0.0.0.0"),
  "ip6-address": z.string().max(64).optional(),
  "vn-id": z.string().max(64).default(""),
  "vm-project-id": z.string().max(64).default(""),
  "mac-address": z.string().max(64).default(""),
  type: z.number().int().default(0),
  "rx-vlan-id": z.number().int().default(-1),
  "tx-vlan-id": z.number().int().default(-1),
  /** "down" after PUT /disable-port. */
  "link-state": z.enum(["up", "down"]).default("up"),
});

/** Ports in one body. */
const MAX_PORTS = 4_096;

/** A machine's interface that was plugged into this host. */
export type Port = z.infer<typeof PORT>;

/** False where the port has been disabled: it is kept, and no packet passes. */
export function isEnabled(port: Port): boolean {
  return port["link-state"] === "up";
}

/** Reads a port or a list of ports. Throws "agent.bad_request" naming the first fields that are wrong. */
export function readPorts(body: unknown): readonly Port[] {
  if (!Array.isArray(body)) return [readPort(body)];
  if (body.length === 0) throw new ContrailError("agent.bad_request", "the list has no port");
  if (body.length > MAX_PORTS)
    throw new ContrailError("agent.bad_request", `the list has ${body.length} ports, more than ${MAX_PORTS}`);
  return body.map((item, index) => readPort(item, `${index}.`));
}

/** Reads one port; place stands in front of the names of fields. Throws "agent.bad_request" naming them. */
export function readPort(body: unknown, place = ""): Port {
  const result = PORT.safeParse(body);
  if (result.success) {
    const { id, "instance-id": instanceId, ...rest } = result.data;
    return { ...rest, id: id.toLowerCase(), "instance-id": instanceId.toLowerCase() };
  }
  const problems = result.error.issues.slice(0, 10).map((issue) => {
    const field = issue.path.join(".");
    return `${field === "" ? `${place}the body` : `${place}${field}`}: ${issue.message}`;
  });
  throw new ContrailError("agent.bad_request", problems.join("; "));
}
