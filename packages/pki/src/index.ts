export { type CertificateRequest, createAuthority, issue } from "./authority.ts";
export {
  type Identity,
  identityFiles,
  isPeerName,
  type PeerName,
  peerFromSubjectAltName,
  peerUri,
  ROLES,
  type Role,
} from "./identity.ts";
