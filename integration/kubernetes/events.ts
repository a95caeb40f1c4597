import { eventually } from '../harness/eventually.ts';
import type { Cluster } from './cluster.ts';

interface Event {
  readonly message: string;
  readonly count?: number;
}

/** Waits until a pod's sandbox could not be made this many times, and returns what `kubectl describe pod` says of it. */
export async function refusals({ kubectl }: Cluster, pod: string, times = 1): Promise<string> {
  const about = `involvedObject.name=${pod},reason=FailedCreatePodSandBox`;
  const told = async (): Promise<string> => {
    const { items } = await kubectl.get<{ items: readonly Event[] }>('events', '--field-selector', about);
    const tries = items.reduce((sum, { count = 1 }) => sum + count, 0);
    if (tries < times) throw new Error(`${tries} so far`);
    return items.map(({ message }) => message).join('\n');
  };
  return await eventually(`refusal ${times} of the pod ${pod}`, told, { seconds: 240 });
}
