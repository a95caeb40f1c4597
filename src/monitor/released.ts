import { system } from '#system';
import { late } from './faults.ts';

/** Milliseconds between two looks at whether a guest has let go of a card: at first, and at most. */
const pauses = { first: 10, most: 100 };

/** Whose letting go is waited for. */
interface Awaited {
  readonly id: string;
  readonly socket: string;
  /** Milliseconds of `system.now()`. */
  readonly deadline: number;
}

/** Waits until a guest has let go of a card; a monitor is asked, as not every one tells of it. Throws `monitor-late`. */
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
