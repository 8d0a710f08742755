import type { AttributeDraft } from "./attribute-draft.ts";
import type { PathAttributes } from "./path-attributes.ts";

/** What the reading of attributes depends on. */
export interface AttributeContext {
  /** AS numbers take four octets on this session (RFC 6793). */
  readonly fourOctetAs: boolean;
  /** The peer is in another AS. */
  readonly external: boolean;
}

/** What a malformed attribute means for its UPDATE (RFC 7606 section 2). */
export type AttributeFault = "discard" | "withdraw";

/** One path attribute on the wire, with the fault that its RFC, or RFC 7606 section 7, gives it. */
export interface AttributeCodec {
  readonly type: number;
  /** The optional and transitive bits that it must have. */
  readonly flags: number;
  /** Reads the value from start to end into the draft; undefined where it is good. */
  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    draft: AttributeDraft,
    context: AttributeContext,
  ): AttributeFault | undefined;
  /** The value for a session with AS numbers of that width; undefined where the attribute is not to be sent. */
  encode(attributes: PathAttributes, fourOctetAs: boolean): Uint8Array | undefined;
}
