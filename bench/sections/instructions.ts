import { readFileSync } from 'node:fs';
import { Host } from '../../integration/harness/host.ts';
import { assertDone } from '../attach/call.ts';
import { makeEmptyPod, makeNode } from '../attach/node.ts';
import { plugins } from '../attach/plugins.ts';
import { callgrindJob, collected } from '../launch/callgrind.ts';
import { Launcher } from '../launch/launcher.ts';
import type { Row } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';
import { subjects } from '../subjects.ts';
import type { Bench } from './bench.ts';
import { attachingSubject, type Subject, versionSubject } from './subject.ts';

/**
 * Measures the instructions of each call in user space. Each is counted once: for a program with one thread, the number
 * does not depend on what else happens on the machine.
 */
export async function measureInstructions({ program, programs, leaveOut, tell }: Bench): Promise<readonly Row[]> {
  await using host = await Host.create();
  await using launcher = Launcher.start(host, programs.launch);
  await makeNode(host);
  const { hostTap, bridge } = plugins(program);
  const log = `${host.directory}/callgrind`;
  const rows: Row[] = [];
  const count = async (subject: Subject): Promise<void> => {
    tell(subject.name);
    await subject.once(async (what, job) => {
      const measured = await launcher.runOne(callgrindJob(job, log));
      assertDone(`${subject.name}: ${what} under callgrind`, measured);
      rows.push(rowOf(subject, what, collected(readFileSync(log, 'utf8'))));
      return measured;
    }, 0);
  };
  await count(attachingSubject(hostTap, await makeEmptyPod(host, 'pod-0')));
  await count(versionSubject(subjects.dan, program, subjects.bridge));
  const references = [
    attachingSubject(bridge, await makeEmptyPod(host, 'pod-1')),
    versionSubject(subjects.bridge, bridge.program),
  ];
  for (const subject of references) {
    try {
      await count(subject);
    } catch (error) {
      // Not every callgrind can run every Go program. dan's own count does not need the reference.
      const [reason = ''] = String(error).split('\n', 1);
      leaveOut(reason.replace(/^Error: |: $/g, ''));
    }
  }
  return rows;
}

function rowOf({ name, against }: Subject, what: string, instructions: number): Row {
  return {
    section: 'instructions',
    subject: name,
    what,
    // Without an IPAM plugin, `bridge` does not support CHECK.
    ...(against === undefined || what === 'CHECK' ? {} : { against: { subject: against, what } }),
    figures: { instructions: summarize([instructions / 1e6]) },
  };
}
