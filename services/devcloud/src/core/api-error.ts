/** What the API answers instead of a result: HTTP status and error code in one, and the text. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  /** 401, 431, 432, 530, 531, 533, 535, 537: as recordings/api; 429 as CloudStack where an account calls too often. */
  readonly status: number;
  /** cserrorcode; absent in 401 and in a failed login. */
  readonly detailCode: number | undefined;

  constructor(status: number, message: string, detailCode: number | "none" = 9999) {
    super(message);
    this.status = status;
    this.detailCode = detailCode === "none" ? undefined : detailCode;
  }
}

/** A parameter or a request that makes no sense where the command looks closer: 431 with code 4350. */
export function invalid(message: string): ApiError {
  return new ApiError(431, message, 4350);
}

/** The caller may not touch that: 531. */
export function denied(message = "Caller does not have permission to operate with provided resource."): ApiError {
  return new ApiError(531, message, 4365);
}

/** The back end failed: 530. */
export function backendFailed(message: string): ApiError {
  return new ApiError(530, message, 4250);
}

/** No key, no signature, no session, or a wrong one. */
export function unauthenticated(message = "unable to verify user credentials and/or request signature"): ApiError {
  return new ApiError(401, message, "none");
}
