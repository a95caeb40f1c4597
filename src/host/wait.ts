import { system } from '#system';

/** Waits so many milliseconds; 0: until everything else that is due has happened. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    system.startTimer(milliseconds, resolve);
  });
}
