/** Works that are under way, by what a person calls them. */
export class Pending {
  readonly #names = new Set<string>();

  /** The work itself; it is named until it is over. */
  async add<T>(name: string, work: Promise<T>): Promise<T> {
    this.#names.add(name);
    try {
      return await work;
    } finally {
      this.#names.delete(name);
    }
  }

  /** What is under way, in the order of its beginning; empty where nothing is. */
  get text(): string {
    return [...this.#names].join(", ");
  }
}
