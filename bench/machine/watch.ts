import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Launcher } from '../launch/launcher.ts';
import { doubts } from './doubts.ts';
import { parseOwnTime, parseProcessorTime, type ProcessorTime, shares } from './processor-time.ts';

const idleMilliseconds = 2000;
const calibrationRuns = 50;

/** Looks at the machine while it is measured on: whether anything else keeps it busy. */
export class Watch {
  readonly #start = readProcessorTime();
  readonly #ownStart = readOwnTime();
  readonly #load = (loadavg()[0] ?? 0) / cpus().length;
  readonly #usedByOthers: number[] = [];
  readonly #calibrations: (readonly number[])[] = [];

  /** Does nothing for a while, and looks how much others do. */
  async observeIdle(): Promise<void> {
    const before = readProcessorTime();
    await delay(idleMilliseconds);
    this.#usedByOthers.push(shares(before, readProcessorTime()).used);
  }

  /** Starts a program that does nothing, again and again: it always takes the same on a machine that is left alone. */
  async calibrate(launcher: Launcher): Promise<void> {
    const samples: number[] = [];
    for (let run = 0; run < calibrationRuns; run++) {
      samples.push((await launcher.runOne({ argv: ['/bin/true'] })).wall);
    }
    this.#calibrations.push(samples);
  }

  /** Why what was measured since this was made is not to be trusted. */
  doubts(): string[] {
    const { used, stolen } = shares(this.#start, readProcessorTime(), readOwnTime() - this.#ownStart);
    const seen = { usedByOthers: this.#usedByOthers, load: this.#load, calibrations: this.#calibrations };
    return [...doubts({ ...seen, usedMeanwhile: used, stolen })];
  }
}

function readProcessorTime(): ProcessorTime {
  return parseProcessorTime(readFileSync('/proc/stat', 'utf8'));
}

function readOwnTime(): number {
  return parseOwnTime(readFileSync('/proc/self/stat', 'utf8'));
}
