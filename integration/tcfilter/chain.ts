import type { Host } from '../harness/host.ts';
import { pluginDirectory } from '../harness/install.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import type { tcfilterNetwork } from './networks.ts';

/** A network configuration list and the sandbox that gets it. */
export interface Attaching {
  readonly host: Host;
  readonly network: ReturnType<typeof tcfilterNetwork>;
  readonly netns: string;
  readonly sandbox?: string;
}

/** The output of a successful plugin: the result for the next one. */
export type CniResult = Answer['json'];

/** Calls the plugin that makes the pod's interface; throws if it refuses. */
export async function callBefore(
  attaching: Attaching,
  command: 'ADD' | 'CHECK' | 'DEL',
  prevResult?: CniResult,
): Promise<CniResult> {
  const answer = await call(attaching, 0, command, prevResult);
  if (answer.exitCode !== 0) throw new Error(`the plugin before dan: ${command}: ${answer.stdout}${answer.stderr}`);
  return answer.json;
}

/** Calls dan, whatever the outcome. */
export function callDan(
  attaching: Attaching,
  command: 'ADD' | 'CHECK' | 'DEL',
  prevResult?: CniResult,
): Promise<Answer> {
  return call(attaching, 1, command, prevResult);
}

/** Attaches a sandbox as a runtime does, and returns the result that the runtime keeps; throws if a plugin refuses. */
export async function attach(attaching: Attaching): Promise<CniResult> {
  const added = await callDan(attaching, 'ADD', await callBefore(attaching, 'ADD'));
  if (added.exitCode !== 0) throw new Error(`dan: ADD: ${added.stdout}${added.stderr}`);
  return added.json;
}

/** The DAN file of a sandbox. */
export function danFile({ sandbox = 'sandbox-1' }: { readonly sandbox?: string } & object): string {
  return `/run/kata-containers/dans/${sandbox}.json`;
}

function call(
  { host, network, netns, sandbox = 'sandbox-1' }: Attaching,
  index: 0 | 1,
  command: 'ADD' | 'CHECK' | 'DEL',
  prevResult?: CniResult,
): Promise<Answer> {
  const { cniVersion, name } = network;
  const plugin = network.plugins[index];
  const config = { cniVersion, name, ...plugin, ...(prevResult === undefined ? {} : { prevResult }) };
  const before = index === 1 ? {} : { program: [`${pluginDirectory}/${String(plugin['type'])}`] as const };
  return callPlugin(host, { command, config, sandbox, netns, ...before });
}
