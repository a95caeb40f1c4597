import { system } from '#system';
import type { Interruption } from '../protocol/interruption.ts';

/** Milliseconds; any time that a timer takes will do. */
const hour = 3_600_000;

/** Waits for an interruption by a signal. A process does not stay for a signal alone, but for a timer. */
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
