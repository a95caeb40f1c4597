import { readFileSync } from 'node:fs';

/**
 * Kernel parameters that tell a guest the frequency of its processor's counter, with which it measures time. QEMU lets
 * an emulated processor read the counter of this machine's. A guest that measures the frequency while this machine is
 * busy may take it to be several times lower: then a second of its clock is over too soon, and a kept state keeps that.
 *
 * The kernel of this machine has the frequency, and computes BogoMIPS from it: two for each megahertz (Linux,
 * init/calibrate.c). Where there is none, the guest measures.
 */
export function counterFrequency(cpuinfo = readFileSync('/proc/cpuinfo', 'utf8')): readonly string[] {
  const bogomips = /^bogomips\s*: ([\d.]+)$/m.exec(cpuinfo)?.[1];
  return bogomips === undefined ? [] : [`tsc_early_khz=${Math.round(Number(bogomips) * 500)}`];
}
