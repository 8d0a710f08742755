import { ContrailError } from "@contrail/errors";
import type { ServiceError } from "@grpc/grpc-js";

/** Longest wait for an answer of the engine. */
export const CALL_DEADLINE_MS = 30_000;

/** A unary call as a promise; rejects with a ContrailError of the data plane. */
export function unary<T>(run: (callback: (error: ServiceError | null, answer: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    run((error, answer) => {
      if (error === null) resolve(answer);
      else reject(dataPlaneError(error));
    });
  });
}

/** The engine's refusal, or its absence, under the port's codes. */
export function dataPlaneError(error: ServiceError): ContrailError {
  const codes: Readonly<Record<number, string>> = { 3: "dataplane.bad_request", 14: "dataplane.unavailable" };
  const code = codes[error.code] ?? "dataplane.internal";
  return new ContrailError(code, error.details, { fields: { grpcCode: error.code }, cause: error });
}
