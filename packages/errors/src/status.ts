/** How a code is told to a client: HTTP status and gRPC status number. */
export interface WireStatus {
  readonly http: number;
  readonly grpc: number;
}

const INTERNAL: WireStatus = { http: 500, grpc: 13 };

/** The one table from error codes to wire statuses; a code is looked up whole, then by its part after the dot. */
const STATUS: Readonly<Record<string, WireStatus>> = {
  bad_request: { http: 400, grpc: 3 },
  unauthenticated: { http: 401, grpc: 16 },
  permission_denied: { http: 403, grpc: 7 },
  not_found: { http: 404, grpc: 5 },
  conflict: { http: 409, grpc: 6 },
  precondition_failed: { http: 412, grpc: 9 },
  over_quota: { http: 412, grpc: 8 },
  too_large: { http: 413, grpc: 8 },
  unsupported_media_type: { http: 415, grpc: 3 },
  too_many_requests: { http: 429, grpc: 8 },
  unavailable: { http: 503, grpc: 14 },
  timeout: { http: 504, grpc: 4 },
  internal: INTERNAL,
};

/** The wire status of an error code; 500 and INTERNAL for a code that the table does not know. */
export function wireStatus(code: string): WireStatus {
  return STATUS[code] ?? STATUS[code.slice(code.indexOf(".") + 1)] ?? INTERNAL;
}
