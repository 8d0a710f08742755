import { ContrailError } from "@contrail/errors";
import { z } from "zod";

const UUID = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "a UUID is wanted");

/** A port as the port API gets it (OpenContrail's field names); unknown fields are left out. */
const PORT = z.object({
  id: UUID,
  "instance-id": UUID,
  "system-name": z.string().regex(/^[A-Za-z0-9_.:-]{1,15}$/, "a device name of 1 to 15 characters is wanted"),
  "display-name": z.string().max(255).default(""),
  "ip-address": z.string().max(64).default("0.0.0.0"),
  "ip6-address": z.string().max(64).optional(),
  "vn-id": z.string().max(64).default(""),
  "vm-project-id": z.string().max(64).default(""),
  "mac-address": z.string().max(64).default(""),
  type: z.number().int().default(0),
  "rx-vlan-id": z.number().int().default(-1),
  "tx-vlan-id": z.number().int().default(-1),
});

/** A machine's interface that was plugged into this host. */
export type Port = z.infer<typeof PORT>;

/** Reads a port, or a list with one. Throws "agent.bad_request" naming the field. */
export function readPort(body: unknown): Port {
  const result = PORT.safeParse(Array.isArray(body) && body.length === 1 ? body[0] : body);
  if (result.success) return { ...result.data, id: result.data.id.toLowerCase() };
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`);
  throw new ContrailError("agent.bad_request", problems.join("; "));
}
