import type { AllocationRequest, OutboxEntry, RemovalOptions } from "@contrail/store";
import type { WrittenRow } from "./object-table.ts";

/** What the store asks of the thread that owns the database. */
export type StoreRequest =
  | {
      readonly kind: "write";
      readonly written: WrittenRow;
      readonly expectedRevision: bigint | undefined;
      readonly epoch: bigint | undefined;
    }
  | {
      readonly kind: "remove";
      readonly uuid: string;
      readonly expectedRevision: bigint;
      readonly options: RemovalOptions;
    }
  | { readonly kind: "restore"; readonly written: WrittenRow }
  | { readonly kind: "read"; readonly uuid: string }
  | { readonly kind: "state"; readonly uuid: string }
  | { readonly kind: "find-name"; readonly type: string; readonly fqName: string }
  | { readonly kind: "page"; readonly after: string; readonly limit: number }
  | { readonly kind: "allocate"; readonly request: AllocationRequest }
  | { readonly kind: "free"; readonly pool: string; readonly value: bigint; readonly owner: string }
  | { readonly kind: "free-all"; readonly owner: string }
  | { readonly kind: "allocations"; readonly pool: string }
  | { readonly kind: "pools" }
  | { readonly kind: "sweep-allocations"; readonly minAgeMs: number }
  | { readonly kind: "outbox"; readonly limit: number }
  | { readonly kind: "published"; readonly entry: OutboxEntry; readonly end: bigint }
  | { readonly kind: "logged" }
  | {
      readonly kind: "lease";
      readonly name: string;
      readonly holder: string;
      readonly ttlMs: number;
      readonly gone: string | undefined;
    }
  | { readonly kind: "read-key"; readonly key: string }
  | { readonly kind: "write-key"; readonly key: string; readonly value: string | undefined }
  | { readonly kind: "key-page"; readonly after: string; readonly limit: number }
  | { readonly kind: "records"; readonly of: string }
  | { readonly kind: "read-record"; readonly of: string; readonly id: string }
  | {
      readonly kind: "swap-record";
      readonly of: string;
      readonly id: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }
  | { readonly kind: "close" };
