import { danFileMessages } from './of-dan-file.ts';
import { deviceMessages } from './of-devices.ts';
import { framingMessages } from './of-frames.ts';
import type { Message } from './message.ts';
import { runtimeMessages } from './of-runtimes.ts';

/** Every message that is known, the more telling before those that frame others. */
export const messageRows: readonly Message[] = [
  ...deviceMessages,
  ...danFileMessages,
  ...runtimeMessages,
  ...framingMessages,
];
