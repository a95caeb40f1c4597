import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Launcher } from '../launch/launcher.ts';
import { doubts } from './doubts.ts';
import { parseOwnTime, parseProcessorTime, type ProcessorTime, shares } from './processor-time.ts';

const idleMilliseconds = 2000;
const calibrationRuns = 50;

/** Watches the machine during a measurement, to find out whether anything else keeps it busy. */
export class Watch {
  readonly #start = readProcessorTime();
  readonly #ownStart = readOwnTime();
  readonly #load = (loadavg()[0] ?? 0) / cpus().length;
  readonly #usedByOthers: number[] = [];
  readonly #calibrations: (readonly number[])[] = [];

  /** Waits without doing anything, and notes how much others do. */
  async observeIdle(): Promise<void> {
    const before = readProcessorTime();
    await delay(idleMilliseconds);
    this.#usedByOthers.push(shares(before, readProcessorTime()).used);
  }

  /** Starts a program that does nothing, many times: on an otherwise idle machine, the duration does not change. */
  async calibrate(launcher: Launcher): Promise<void> {
    const samples: number[] = [];
    for (let run = 0; run < calibrationRuns; run++) {
      samples.push((await launcher.runOne({ argv: ['/bin/true'] })).wall);
    }
    this.#calibrations.push(samples);
  }

  /** Reasons not to trust what was measured since this object was made. */
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
