import { assertDone, callJob, resultOf, versionJob } from '../attach/call.ts';
import { danBridge, type Pod } from '../attach/node.ts';
import type { Plugin } from '../attach/plugins.ts';
import type { Job, Measured } from '../launch/launcher.ts';
import { subjects } from '../subjects.ts';

/** Starts the program for one operation. */
type Start = (what: string, job: Job) => Promise<Measured>;

/** A subject whose calls are measured one at a time. */
export interface Subject {
  readonly name: string;
  /** Name of the subject with which it is compared. */
  readonly against?: string;
  /** Does each of its operations once, and leaves nothing behind; throws if one fails. */
  once(start: Start, round: number): Promise<void>;
}

/** A plugin that attaches a pod, checks it, and detaches it. The pod exists before and stays. */
export function attachingSubject(plugin: Plugin, pod: Pod): Subject {
  return {
    name: plugin.name,
    ...(plugin.against === undefined ? {} : { against: plugin.against }),
    async once(start, round) {
      const attachment = { plugin, sandbox: `sandbox-${round}`, ...pod };
      const added = await start('ADD', callJob('ADD', attachment));
      const attached = { ...attachment, prevResult: resultOf(`${plugin.name}: ADD`, added) };
      for (const command of plugin.checks ? (['CHECK', 'DEL'] as const) : (['DEL'] as const)) {
        assertDone(`${plugin.name}: ${command}`, await start(command, callJob(command, attached)));
      }
    },
  };
}

/** A program that is asked for its version, or that does nothing. */
export function versionSubject(name: string, program: string, against?: string): Subject {
  return {
    name,
    ...(against === undefined ? {} : { against }),
    async once(start) {
      assertDone(`${name}: VERSION`, await start('VERSION', versionJob(program)));
    },
  };
}

const add = `tuntap add dev floor0 mode tap vnet_hdr user 0
link set dev floor0 address fe:00:5e:10:03:00 mtu 1500 alias dan:floor
link property add dev floor0 altname dan-floor
link set dev floor0 master ${danBridge}
link set dev floor0 up
`;

/** The minimum cost of a tap on a bridge if `ip` makes it: one process that asks for nothing. */
export const batchSubject: Subject = {
  name: subjects.batch,
  against: subjects.bridge,
  async once(start) {
    for (const [what, input] of Object.entries({ ADD: add, DEL: 'link del dev floor0\n' })) {
      assertDone(`ip: ${what}`, await start(what, { argv: ['/usr/sbin/ip', '-batch', '-'], input }));
    }
  },
};
