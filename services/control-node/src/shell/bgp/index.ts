/** The BGP shell alone, for the interoperability tests: no other service may import it. */
export type { BgpSession, BgpSessionHandler, DesiredPeer } from "./session-port.ts";
export { startBgpSpeaker } from "./speaker.ts";
