/** Tells everything that is under way that it is not wanted any more, and why. It happens once, and stays. */
export class Interruption {
  readonly #listeners = new Set<() => void>();
  #reason: string | undefined;

  /** Why it is not wanted any more, such as a signal's name; undefined: it is still wanted. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Interrupts. Only the first time counts. */
  interrupt(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Calls the listener when it happens, at once if it has. Returns what takes the listener away. */
  onInterrupt(listener: () => void): () => void {
    if (this.#reason === undefined) this.#listeners.add(listener);
    else listener();
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
