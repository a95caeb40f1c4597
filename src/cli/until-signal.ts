import { system } from '#system';
import type { Interruption } from '../protocol/interruption.ts';

/** In milliseconds. Any duration that a timer accepts will do. */
const hour = 3_600_000;

/** Waits for an interruption by a signal. A process stays alive for a timer, but not for a signal alone. */
export function untilSignal(interruption: Interruption): Promise<void> {
  return new Promise((resolve) => {
    let timer = system.startTimer(hour, again);
    interruption.onInterrupt(() => {
      timer.cancel();
      resolve();
    });
    function again(): void {
      timer = system.startTimer(hour, again);
    }
  });
}
