import type { Programs } from '../launch/programs.ts';
import type { Watch } from '../machine/watch.ts';

/** What every section works with. */
export interface Bench {
  /** dan's executable. */
  readonly program: string;
  readonly programs: Programs;
  readonly watch: Watch;
  readonly rounds: number;
  /** Numbers from 0 to below 1: the order in which things are measured. */
  readonly random: () => number;
  /** Has the result say what cannot be measured on this machine, and why. */
  readonly leaveOut: (what: string) => void;
  /** Tells how far the section is. */
  readonly tell: (text: string) => void;
}
