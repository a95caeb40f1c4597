import { system } from '#system';
import { late } from './faults.ts';

/** Milliseconds between two checks whether a guest has released a card: the first and the longest pause. */
const pauses = { first: 10, most: 100 };

/** The card to wait for. */
interface Awaited {
  readonly id: string;
  readonly socket: string;
  /** Milliseconds of `system.now()`. */
  readonly deadline: number;
}

/** Waits until a guest has released a card. It polls, since not every monitor sends an event. Throws `monitor-late`. */
export async function untilReleased(
  isReleased: () => Promise<boolean>,
  { id, socket, deadline }: Awaited,
): Promise<void> {
  for (let pause = pauses.first; !(await isReleased()); pause = Math.min(2 * pause, pauses.most)) {
    if (system.now() + pause > deadline) {
      throw late(socket, `its guest was asked to let go of ${id}, and did not: it has not booted, or hangs`);
    }
    await new Promise<void>((resolve) => void system.startTimer(pause, resolve));
  }
}
