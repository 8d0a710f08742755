import type { Clock } from "@contrail/clock";
import { ContrailError } from "@contrail/errors";
import { auth, Client, errors, policies, type QueryOptions, types } from "cassandra-driver";
import { controlConnection, refreshOneByOne } from "./one-refresh.ts";
import type { CassandraStoreOptions, CassandraTls } from "./options.ts";
import { StableCoordinators } from "./stable-coordinators.ts";

/**
 * Milliseconds until the driver gives up a node that does not answer: what it may not ask twice is looked up then. Longer
 * than a coordinator tries a conditional write (2 s): it must have given up when we look, or the write comes true after it.
 */
export const REQUEST_MS = 3_000;
/**
 * What may be asked twice is asked of another node, too, after so long without an answer, and of a third one. A node that
 * was killed answers nothing, and its sockets stay open until its memory is gone: a second on a busy machine.
 */
export const SECOND_NODE_MS = 400;
const MORE_NODES = 2;
const CONNECT_MS = 5_000;
/** Rows that are read together where a result may be long. */
const PAGE_ROWS = 1_000;

export type Parameter = string | bigint | boolean | null | readonly string[];
export type Row = types.Row;

/** A part of a long result. */
export interface Page {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** A statement with what goes into it. */
export interface Write {
  readonly query: string;
  readonly params: readonly Parameter[];
}

/** What a session works with. */
interface SessionParts {
  readonly client: Client;
  /** Ends what the driver does to keep its control connection. */
  readonly endRefreshes: () => void;
  readonly coordinators: StableCoordinators;
  readonly clock: Pick<Clock, "monotonicMs">;
}

const { quorum, serial } = types.consistencies;

/**
 * CQL over the driver, all of it at QUORUM, prepared. Times of writes are the coordinator's, or fixed in the statement:
 * never this machine's. Errors are those of the driver; unavailable() gives them a code.
 */
export class Session {
  readonly #client: Client;
  readonly #endRefreshes: () => void;
  readonly #coordinators: StableCoordinators;
  readonly #clock: Pick<Clock, "monotonicMs">;

  private constructor({ client, endRefreshes, coordinators, clock }: SessionParts) {
    this.#client = client;
    this.#endRefreshes = endRefreshes;
    this.#coordinators = coordinators;
    this.#clock = clock;
  }

  /** Connects; keyspace: the one that statements name no more. Rejects with store.unavailable. */
  static async open(options: CassandraStoreOptions, keyspace: string | undefined): Promise<Session> {
    const { contactPoints, dataCenter, credentials, tls, clock } = options;
    const coordinators = new StableCoordinators(dataCenter, clock);
    const client = new Client({
      contactPoints: [...contactPoints],
      localDataCenter: dataCenter,
      ...(keyspace === undefined ? {} : { keyspace }),
      ...(credentials === undefined
        ? {}
        : { authProvider: new auth.PlainTextAuthProvider(credentials.username, credentials.password) }),
      ...(tls === undefined ? {} : { sslOptions: encryption(tls) }),
      socketOptions: { readTimeout: REQUEST_MS, connectTimeout: CONNECT_MS },
      queryOptions: { consistency: quorum, prepare: true, fetchSize: PAGE_ROWS },
      // Nodes tell each other's addresses and not their ports: all of them have that of the contact points.
      protocolOptions: { port: portOf(contactPoints), maxSchemaAgreementWaitSeconds: 30 },
      policies: {
        loadBalancing: coordinators,
        timestampGeneration: new NoTimestamps(),
        speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
          SECOND_NODE_MS,
          MORE_NODES,
        ),
      },
      encoding: { useBigIntAsLong: true },
    });
    const endRefreshes = refreshOneByOne(controlConnection(client), clock);
    try {
      await client.connect();
    } catch (reason) {
      endRefreshes();
      await client.shutdown();
      throw unavailable("Cassandra is not reached", reason);
    }
    return new Session({ client, endRefreshes, coordinators, clock });
  }

  /** A read, or a write that may be made twice: the driver may ask another node where one does not answer. */
  async execute(query: string, parameters: readonly Parameter[]): Promise<readonly Row[]> {
    return (await this.#run(query, parameters, TWICE)).rows;
  }

  /** Reads at SERIAL: what of conditional writes is under way is decided before the answer. */
  async decided(query: string, parameters: readonly Parameter[]): Promise<readonly Row[]> {
    return (await this.#run(query, parameters, { ...TWICE, consistency: serial })).rows;
  }

  /** Writes to one partition that may be made twice, as one mutation. */
  async batch(writes: readonly Write[]): Promise<void> {
    await this.#runTogether(writes, TWICE);
  }

  /**
   * A conditional write that leaves a mark of its own (a nonce), so that it holds once however often it is sent: another
   * coordinator may be asked too. Gives undefined where it was applied, and else what was found: the row of an insert, the
   * columns of the condition of an update; where it was sent twice, that may be what it wrote itself. Rejects where the
   * outcome is not known.
   */
  async conditional(query: string, parameters: readonly Parameter[]): Promise<Row | undefined> {
    return refusal(await this.#run(query, parameters, { ...TWICE, ...AGREED }))?.[0];
  }

  /** The same for one without a mark: sent once. */
  async conditionalOnce(query: string, parameters: readonly Parameter[]): Promise<Row | undefined> {
    return refusal(await this.#run(query, parameters, { isIdempotent: false, ...AGREED }))?.[0];
  }

  /** Several conditional writes with marks, to one partition: all of them or none. Gives undefined, or the rows that were found. */
  async conditionalBatch(writes: readonly Write[]): Promise<readonly Row[] | undefined> {
    return refusal(await this.#runTogether(writes, { ...TWICE, ...AGREED }));
  }

  /** The rows of one page of a result, and where the next one begins; undefined after the last. */
  async page(query: string, parameters: readonly Parameter[], from: string | undefined): Promise<Page> {
    const paging = from === undefined ? {} : { pageState: from };
    const { rows, pageState } = await this.#run(query, parameters, { ...TWICE, ...paging });
    return { rows, next: pageState ?? undefined };
  }

  /** A change of the schema; resolves when the nodes agree on it. */
  async define(query: string): Promise<void> {
    await this.#client.execute(query, [], { prepare: false });
  }

  close(): Promise<void> {
    this.#endRefreshes();
    return this.#client.shutdown();
  }

  #run(query: string, parameters: readonly Parameter[], options: QueryOptions): Promise<types.ResultSet> {
    return this.#watched(this.#client.execute(query, [...parameters], options));
  }

  #runTogether(writes: readonly Write[], options: QueryOptions): Promise<types.ResultSet> {
    const queries = writes.map(({ query, params }) => ({ query, params: [...params] }));
    return this.#watched(this.#client.batch(queries, { ...options, prepare: true, logged: false }));
  }

  /** Waits for an answer; a node that has failed, or that said nothing while others were asked, is asked last for a while. */
  async #watched(answer: Promise<types.ResultSet>): Promise<types.ResultSet> {
    const sentMs = this.#clock.monotonicMs();
    try {
      const result = await answer;
      const { queriedHost, triedHosts } = result.info;
      this.#coordinators.answered(queriedHost);
      for (const address of Object.keys(triedHosts)) {
        // The driver lists them in the order in which it asked them.
        if (address === queriedHost) break;
        this.#coordinators.silent(address, sentMs);
      }
      return result;
    } catch (reason) {
      // The driver writes there which node it asked.
      const { coordinator } = reason as { readonly coordinator?: unknown };
      if (typeof coordinator === "string") this.#coordinators.avoid(coordinator);
      throw reason;
    }
  }
}

/** How the driver may send a statement that may be made twice, and one on which the copies have to agree. */
const TWICE = { isIdempotent: true } as const;
const AGREED = { serialConsistency: serial } as const;

/** What a conditional write found where it was not applied. */
function refusal(result: types.ResultSet): readonly Row[] | undefined {
  return result.wasApplied() ? undefined : result.rows;
}

const CQL_PORT = 9_042;

/** The port of the first "host:port"; the usual one where it has none. */
function portOf([first = ""]: readonly string[]): number {
  return Number(/:([0-9]+)$/.exec(first)?.[1] ?? CQL_PORT);
}

/** The driver alone would take any server's certificate. */
function encryption({ authority, certificate, key }: CassandraTls) {
  return { ca: authority, cert: certificate, key, rejectUnauthorized: true };
}

/** Leaves the time of a write to the coordinator. */
class NoTimestamps extends policies.timestampGeneration.MonotonicTimestampGenerator {
  constructor() {
    super(0, 0);
  }

  /** The driver takes null for that (its manual, and its default generator's own); its types do not say so. */
  override next(): number {
    return null as unknown as number;
  }
}

/**
 * True where a conditional write whose sending failed so, after so many milliseconds, may yet be applied: not where no node
 * got it, nor where the only one that did refused it because too few copies are there.
 */
export function mayComeTrue(reason: unknown, tookMs: number): boolean {
  if (tookMs >= SECOND_NODE_MS) return true;
  if (reason instanceof errors.NoHostAvailableError) {
    return Object.values<unknown>(reason.innerErrors).some((inner) => inner instanceof Error);
  }
  return !(reason instanceof errors.ResponseError && reason.code === types.responseErrorCodes.unavailableException);
}

/** An error of the driver as store.unavailable; one that has a code already stays. */
export function unavailable(what: string, reason: unknown): ContrailError {
  if (reason instanceof ContrailError) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  return new ContrailError("store.unavailable", `${what}: ${message}`, { cause: reason });
}

/** The text in a column; undefined where it is null. */
export function text(row: Row, column: string): string | undefined {
  return (row.get(column) as string | null) ?? undefined; // text by the schema.
}

/** The bigint in a column; 0 where it is null. */
export function long(row: Row, column: string): bigint {
  return (row.get(column) as bigint | null) ?? 0n; // bigint by the schema, read as such (useBigIntAsLong).
}
