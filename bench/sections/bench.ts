import type { Programs } from '../launch/programs.ts';
import type { Watch } from '../machine/watch.ts';

/** The input of every section. */
export interface Bench {
  /** dan's executable. */
  readonly program: string;
  readonly programs: Programs;
  readonly watch: Watch;
  readonly rounds: number;
  /** Random numbers from 0 to below 1, for the order of measurements. */
  readonly random: () => number;
  /** Notes in the result what cannot be measured on this machine, and why. */
  readonly leaveOut: (what: string) => void;
  /** Reports the section's progress. */
  readonly tell: (text: string) => void;
}
