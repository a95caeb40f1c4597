import { type Agent, type ListedInterface, openAgent } from '../agent/agent.ts';
import { danError, sentenceOf } from '../model/error.ts';
import { findDoor } from '../monitor/discover.ts';
import type { Door } from '../monitor/monitor.ts';
import { CniError } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import { agentUrl } from './agent-url.ts';
import type { Running } from './running.ts';

/** How to reach a running sandbox. */
export interface Reached {
  readonly sandbox: string;
  readonly door: Door;
  /** Where the agent in the guest listens. */
  readonly agent: string;
}

/**
 * Finds the monitor and the agent of a running sandbox, before anything is made for it. `deadline` is in milliseconds
 * of `system.now()`. Throws `no-monitor`, `agent-…`.
 */
export async function reach({ sandbox, shim }: Running, deadline: number): Promise<Reached> {
  const { door, none } = findDoor(sandbox);
  if (door === undefined) {
    throw danError(
      'no-monitor',
      `sandbox ${sandbox} runs, and nothing can be plugged into it: ${sentenceOf(none)}; nothing was made`,
    );
  }
  return { sandbox, door, agent: await agentUrl(shim, deadline) };
}

/** Runs `work` with a guest's agent. */
export async function withAgent<T>(
  url: string,
  deadline: number,
  work: (agent: Agent) => Promise<T>,
  interrupted?: Interruption,
): Promise<T> {
  const agent = await openAgent(url, deadline, interrupted);
  return await closing(agent, interrupted, () => work(agent));
}

/** Runs `work` with a connection, which is closed afterwards, or on an interruption: then `work` fails. */
export async function closing<T>(
  connection: { readonly close: () => void },
  interrupted: Interruption | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const stop = interrupted?.onInterrupt(() => {
    connection.close();
  });
  try {
    return await work();
  } finally {
    stop?.();
    connection.close();
  }
}

/** The interfaces of a guest; undefined if the agent's policy refuses to list them. Throws what the agent throws. */
export async function interfacesIn(agent: Agent): Promise<readonly ListedInterface[] | undefined> {
  return await unlessRefused(agent.listInterfaces());
}

/** An answer of the agent; undefined if its policy refuses the call. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CniError && error.name === 'agent-refused') return undefined;
    throw error;
  }
}

/**
 * The refusal of an interface whose name or MAC the guest already has: the agent would take the name from the other
 * interface. Undefined if both are free. Throws `agent-…`.
 */
export async function takenIn(
  { sandbox, agent: url }: Reached,
  { name, mac }: { readonly name: string; readonly mac: string },
  deadline: number,
): Promise<Error | undefined> {
  const there = await withAgent(url, deadline, interfacesIn);
  const taken = there?.find((one) => one.name === name || one.mac === mac);
  if (taken === undefined) return undefined;
  return danError(
    'duplicate-in-sandbox',
    `the guest of sandbox ${sandbox} has an interface "${taken.name}" with the MAC ${taken.mac} already, and it was to get ` +
      `"${name}" with ${mac}: give it another ${taken.name === name ? 'name' : 'MAC'}`,
  );
}
