import { pluginDirectory } from '../../integration/harness/install.ts';
import { type Job, limitSeconds, type Measured } from '../launch/launcher.ts';
import type { Plugin } from './plugins.ts';

/** The newest version that Debian's plugins support. */
const cniVersion = '1.0.0';

/** One attachment of a pod to a plugin's network. */
export interface Attachment {
  readonly plugin: Plugin;
  readonly netns: string;
  readonly sandbox: string;
  readonly ifname?: string;
  /** The result of the previous plugin; for CHECK and DEL, the plugin's own result. */
  readonly prevResult?: object;
}

/** A call of a plugin as from a container runtime: its environment has only what CNI requires. */
export function callJob(command: 'ADD' | 'CHECK' | 'DEL', attachment: Attachment): Job {
  const { plugin, netns, sandbox, ifname = 'eth0', prevResult } = attachment;
  const name = plugin.name.replaceAll(/[^a-z-]+/g, '.');
  return {
    argv: [plugin.program],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      CNI_COMMAND: command,
      CNI_CONTAINERID: sandbox,
      CNI_NETNS: netns,
      CNI_IFNAME: ifname,
      CNI_PATH: pluginDirectory,
    },
    input: JSON.stringify({ cniVersion, name, ...plugin.network, ...(prevResult === undefined ? {} : { prevResult }) }),
  };
}

/** A call that asks a program for its CNI versions. */
export function versionJob(program: string): Job {
  return { argv: [program], env: { CNI_COMMAND: 'VERSION' }, input: JSON.stringify({ cniVersion }) };
}

/** Throws with a program's output if it failed or hung: failures are not measured. */
export function assertDone(what: string, { exitCode, late, stdout, stderr }: Measured): void {
  if (late) throw new Error(`${what} did not end within ${limitSeconds} s: ${stdout}${stderr}`);
  if (exitCode !== 0) throw new Error(`${what} failed with exit code ${exitCode}: ${stdout}${stderr}`);
}

/** The result that an ADD printed; throws if it attached nothing. */
export function resultOf(what: string, measured: Measured): object {
  assertDone(what, measured);
  const result: unknown = JSON.parse(measured.stdout);
  if (typeof result === 'object' && result !== null && 'interfaces' in result) return result;
  throw new Error(`${what} made no interface: ${measured.stdout}`);
}
