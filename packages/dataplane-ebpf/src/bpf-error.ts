import { ContrailError } from "@contrail/errors";

/** A failed bpf(2) or libbpf call with its error number. */
export class BpfError extends ContrailError {
  override readonly name = "BpfError";
  readonly errno: number;

  constructor(operation: string, errno: number, words: string) {
    super("dataplane.bpf", `${operation}: ${words}`, { fields: { operation, errno } });
    this.errno = errno;
  }
}
