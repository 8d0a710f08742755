import type { IncomingMessage, Server } from "node:http";
import type { Clock } from "@contrail/clock";
import type { ConfigObject } from "@contrail/schema";
import type { ActivePort } from "../core/active-port.ts";
import { type GuestAnswer, metadataAnswer, passwordAnswer } from "../core/guest-answer.ts";
import { type GuestData, guestData } from "../core/guest-data.ts";
import type { FetchedPasswords } from "./fetched-passwords.ts";
import type { GuestConnections } from "./guest-connections.ts";
import { createGuestHttp } from "./guest-http.ts";

/** What metadata and passwords are served from. */
export interface GuestServerParts {
  readonly connections: GuestConnections;
  readonly passwords: FetchedPasswords;
  readonly clock: Clock;
  /** Ids of all ports of the host: only their acknowledgements are kept. */
  readonly portIds: () => ReadonlySet<string>;
}

/** The servers behind ports 80 and 8080 of the address that machines ask; neither listens yet. */
export function createGuestServers(parts: GuestServerParts): { readonly metadata: Server; readonly password: Server } {
  const { connections, clock } = parts;
  const read = new WeakMap<ConfigObject, GuestData>();
  const dataOf = ({ interface: vmi }: ActivePort): GuestData => {
    const data = read.get(vmi) ?? guestData(vmi);
    read.set(vmi, data);
    return data;
  };
  return {
    metadata: createGuestHttp({
      connections,
      clock,
      name: "CloudStack metadata",
      answer: (port, request) => metadataAnswer(request.method ?? "", request.url ?? "", dataOf(port)),
    }),
    password: createGuestHttp({
      connections,
      clock,
      name: "CloudStack Password Server",
      answer: (port, request) => answerPassword(parts, port, request, dataOf(port).password),
    }),
  };
}

function answerPassword(
  { passwords, portIds }: GuestServerParts,
  { port }: ActivePort,
  request: IncomingMessage,
  password: string,
): GuestAnswer {
  const { domu_request: asked } = request.headers;
  const answer = passwordAnswer(typeof asked === "string" ? asked : undefined, passwords.waiting(port.id, password));
  if (answer.passwordFetched) passwords.acknowledge(port.id, password, portIds());
  return answer;
}
