import type { GuestResult } from '../guest/shell.ts';

/** Where commands run: the shell of a guest (`Guest` has one), or any other with `ip`. */
export interface Shell {
  sh(script: string): Promise<GuestResult>;
}
