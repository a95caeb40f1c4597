/** Tells running work that it should stop, and why. It happens at most once, and is permanent. */
export class Interruption {
  readonly #listeners = new Set<() => void>();
  #reason: string | undefined;

  /** Why the work should stop, such as a signal's name; undefined if it should go on. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Interrupts. Only the first call counts. */
  interrupt(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Calls the listener on interruption, at once if already interrupted. Returns a function that removes it. */
  onInterrupt(listener: () => void): () => void {
    if (this.#reason === undefined) this.#listeners.add(listener);
    else listener();
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
