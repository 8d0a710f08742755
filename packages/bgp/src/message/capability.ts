/** A family, by its numbers on the wire: peers name families that we do not know. */
export interface FamilyNumbers {
  readonly afi: number;
  readonly safi: number;
}

/** What a speaker can do (RFC 5492); capability-codecs.ts has the pictures. */
export type Capability =
  | ({ readonly kind: "multiprotocol" } & FamilyNumbers)
  | { readonly kind: "route-refresh" }
  | {
      readonly kind: "extended-next-hop";
      readonly families: readonly (FamilyNumbers & { readonly nextHopAfi: number })[];
    }
  | { readonly kind: "extended-message" }
  /** `code` is an index of BGP_ROLES, or one that is not assigned. */
  | { readonly kind: "role"; readonly code: number }
  | {
      readonly kind: "graceful-restart";
      readonly restarting: boolean;
      readonly notifications: boolean;
      /** 0 to 4095. */
      readonly restartTimeSeconds: number;
      readonly families: readonly (FamilyNumbers & { readonly preserved: boolean })[];
    }
  | { readonly kind: "four-octet-as"; readonly autonomousSystem: number }
  | {
      readonly kind: "add-path";
      readonly families: readonly (FamilyNumbers & { readonly receive: boolean; readonly send: boolean })[];
    }
  | { readonly kind: "enhanced-route-refresh" }
  | {
      readonly kind: "long-lived-graceful-restart";
      readonly families: readonly (FamilyNumbers & {
        readonly preserved: boolean;
        /** 0 to 16777215. */
        readonly staleTimeSeconds: number;
      })[];
    }
  | { readonly kind: "unknown"; readonly code: number; readonly value: Uint8Array };
