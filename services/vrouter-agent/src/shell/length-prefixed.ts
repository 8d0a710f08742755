/** Messages of DNS over TCP: 16 bits of length before each (RFC 1035 section 4.2.2). Holds at most one and what is begun. */
export class LengthPrefixed {
  #rest: Uint8Array = new Uint8Array(0);

  static wrap(message: Uint8Array): Uint8Array {
    return Uint8Array.of(message.length >> 8, message.length & 255, ...message);
  }

  /** The length that the message that is begun says; 0 where none is. */
  get announcedBytes(): number {
    return this.#rest.length < 2 ? 0 : ((this.#rest[0] ?? 0) << 8) | (this.#rest[1] ?? 0);
  }

  /** Adds bytes and gives the messages that are whole now. */
  take(chunk: Uint8Array): readonly Uint8Array[] {
    let bytes: Uint8Array = this.#rest.length === 0 ? chunk : Uint8Array.from([...this.#rest, ...chunk]);
    const messages: Uint8Array[] = [];
    for (;;) {
      const end = 2 + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
      if (bytes.length < 2 || bytes.length < end) break;
      messages.push(Uint8Array.from(bytes.subarray(2, end)));
      bytes = bytes.subarray(end);
    }
    this.#rest = Uint8Array.from(bytes);
    return messages;
  }
}
