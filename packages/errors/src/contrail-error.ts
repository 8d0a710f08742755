/** A failure that a caller can tell apart by its code, with the fields that one would log. */
export class ContrailError extends Error {
  override readonly name: string = "ContrailError";
  /** Dotted and stable: "config.not_found". */
  readonly code: string;
  /** Plain values worth logging; never secrets or whole objects. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { fields?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? {};
  }

  /** Any thrown value as a ContrailError; one of an unknown kind gets code "internal". */
  static from(reason: unknown): ContrailError {
    if (reason instanceof ContrailError) return reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    return new ContrailError("internal", message, { cause: reason });
  }
}
