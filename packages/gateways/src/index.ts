export { renderFrr } from "./frr.ts";
export { renderFrrInterfaces } from "./frr-interfaces.ts";
export type { ExtendedNetwork, Gateway, GatewayKind, Neighbour } from "./gateway.ts";
export { renderJunos } from "./junos.ts";
export { readGateway } from "./read-gateway.ts";
