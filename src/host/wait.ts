import { system } from '#system';

/** Waits so many milliseconds. */
export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    system.startTimer(milliseconds, resolve);
  });
}

/** Lets everything else happen that is due. */
export function turn(): Promise<void> {
  return wait(0);
}
