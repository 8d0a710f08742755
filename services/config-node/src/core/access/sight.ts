import type { ConfigObject } from "@contrail/schema";
import type { View } from "./view.ts";

/** What a watcher has been shown: he learns of the end of that, and of nothing else. */
export class Sight {
  readonly #shown = new Set<string>();
  #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** What is left out of the objects that he is shown. */
  get limits(): View {
    return this.#view;
  }

  /** Rights as they are now; what was shown stays noted. */
  renew(view: View): void {
    this.#view = view;
  }

  knows(uuid: string): boolean {
    return this.#shown.has(uuid);
  }

  /** True where he may see the object, which is noted; one that he may see no more is forgotten. */
  admits(object: ConfigObject): boolean {
    const isShown = this.#view.canRead(object);
    if (isShown) this.#shown.add(object.uuid);
    else this.#shown.delete(object.uuid);
    return isShown;
  }

  /** True where he has been shown the object, which is gone. */
  forget(uuid: string): boolean {
    return this.#shown.delete(uuid);
  }
}
