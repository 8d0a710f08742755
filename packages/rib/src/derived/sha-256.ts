/** Bits of a hash. */
export const HASH_BITS = 256n;

const BLOCK_BYTES = 64;
const ROUNDS = 64;
/** Fractional parts of the cube and square roots of the first primes (FIPS 180-4 sections 4.2.2 and 5.3.3). */
const PRIMES = firstPrimes(ROUNDS);
const CONSTANTS = PRIMES.map((prime) => fraction(prime, 3n));
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2n));

/** SHA-256 of a text's UTF-8 octets as one number (FIPS 180-4 section 6.2); node:crypto would be no pure function. */
export function sha256(text: string): bigint {
  const state = Uint32Array.from(INITIAL);
  const padded = pad(new TextEncoder().encode(text));
  const schedule = new Uint32Array(ROUNDS);
  for (let start = 0; start < padded.byteLength; start += BLOCK_BYTES) {
    expand(schedule, padded, start);
    compress(state, schedule);
  }
  return state.reduce((hash, word) => (hash << 32n) | BigInt(word), 0n);
}

/** The octets, one bit, zeros, and the length in bits (64). */
function pad(octets: Uint8Array): DataView {
  const blocks = Math.ceil((octets.length + 9) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(octets);
  padded[octets.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(octets.length) * 8n);
  return view;
}

function expand(schedule: Uint32Array, padded: DataView, start: number): void {
  const at = (index: number): number => schedule[index] ?? 0;
  for (let index = 0; index < 16; index++) schedule[index] = padded.getUint32(start + index * 4);
  for (let index = 16; index < ROUNDS; index++) {
    const [early, late] = [at(index - 15), at(index - 2)];
    const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    schedule[index] = at(index - 16) + first + at(index - 7) + second;
  }
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let round = 0; round < ROUNDS; round++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const input = (CONSTANTS[round] ?? 0) + (schedule[round] ?? 0);
    const first = (h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + choice + input) | 0;
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
}

/** To the right. */
function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function firstPrimes(count: number): readonly bigint[] {
  const primes: bigint[] = [];
  for (let number = 2n; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0n)) primes.push(number);
  }
  return primes;
}

/** The first 32 bits behind the point of a root. */
function fraction(number: bigint, degree: bigint): number {
  const scaled = number << (32n * degree);
  let [low, high] = [0n, 1n << 40n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}
