import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { Cluster } from './cluster.ts';
import { installDan, plugin } from './dan.ts';
import { nothingLeft } from './leftovers.ts';
import type { Node } from './node.ts';
import { kataPod, type Pod } from './pods.ts';

let cluster: Cluster;
let node: Node;

beforeAll(async () => {
  cluster = await Cluster.start();
  node = cluster.node('n1');
  await installDan(cluster);
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

async function start(app: string, count: number): Promise<void> {
  const pods = Array.from({ length: count }, (_, at) => kataPod({ name: `${app}-${at}`, app }));
  await cluster.kubectl.apply(...pods);
}

async function ready(app: string): Promise<void> {
  await cluster.kubectl.wait('condition=Ready', ['pod', '-l', `app=${app}`], 300);
}

/** The addresses of the pods, sorted. */
async function addressesOf(app: string): Promise<readonly string[]> {
  const { items } = await cluster.kubectl.get<{ items: readonly Pod[] }>('pods', '-l', `app=${app}`);
  return items.flatMap(({ status }) => (status.podIPs ?? []).map(({ ip }) => ip)).sort();
}

/** The addresses on a node that are reserved for pods of dan's network, sorted. */
async function leases(): Promise<readonly string[]> {
  const files = await node.host.sh(
    "cd /var/lib/cni/networks/kata-net; find . -type f ! -name lock ! -name 'last_reserved_ip.*'",
  );
  return files
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => path.replace('./', ''))
    .sort();
}

test('50 pods at once are ready, have addresses of their own, and leave nothing', async () => {
  await start('crowd', 50);
  await ready('crowd');
  const addresses = await addressesOf('crowd');
  expect(new Set(addresses).size).toBe(100);
  expect(await leases()).toEqual(addresses);
  expect((await node.host.sh(`${plugin} list`)).match(/ kata-net .* attached$/gm)).toHaveLength(50);
  await cluster.kubectl.run('delete', 'pods', '-l', 'app=crowd');
  await nothingLeft(node);
});

test.each([{ killed: ['containerd'] }, { killed: ['kubelet'] }, { killed: ['kubelet', 'containerd'] }] as const)(
  'pods that come and go while $killed are killed become ready, and leave nothing',
  async ({ killed }) => {
    const kill = async (): Promise<void> => {
      for (const which of killed) await node.stop(which, 'KILL');
      if (killed.some((one) => one === 'containerd')) await node.startContainerd();
      if (killed.some((one) => one === 'kubelet')) node.startKubelet();
    };
    const app = `kill-${killed.join('-')}`;
    await start(app, 12);
    // In the middle of the ADDs.
    const some = async (): Promise<true | undefined> => ((await leases()).length >= 6 ? true : undefined);
    await eventually('the first attachments', some, { seconds: 120 });
    await kill();
    await ready(app);
    const addresses = await addressesOf(app);
    expect(new Set(addresses).size).toBe(24);
    await cluster.kubectl.run('delete', 'pods', '-l', `app=${app}`, '--wait=false');
    // In the middle of the DELs.
    const fewer = async (): Promise<true | undefined> => ((await leases()).length < 24 ? true : undefined);
    await eventually('the first DELs', fewer, { seconds: 120 });
    await kill();
    await cluster.kubectl.wait('delete', ['pod', '-l', `app=${app}`], 300);
    await nothingLeft(node);
  },
);

test('a node that is switched off and on again has its pods back, and no address too many', async () => {
  await start('stays', 5);
  await ready('stays');
  await node.reboot();
  // The kubelet makes new sandboxes for the same pods.
  const back = async (): Promise<true> => {
    const attachments = await node.host.sh(`${plugin} list`);
    expect(attachments.match(/ kata-net .* attached$/gm)).toHaveLength(5);
    return true;
  };
  await eventually('the pods’ new attachments', back, { seconds: 240 });
  await ready('stays');
  const agree = async (): Promise<true> => {
    expect(await leases()).toEqual(await addressesOf('stays'));
    return true;
  };
  await eventually('addresses of these pods and no others', agree, { seconds: 120 });
  expect(await addressesOf('stays')).toHaveLength(10);
  await cluster.kubectl.run('delete', 'pods', '-l', 'app=stays');
  await nothingLeft(node);
});

test('a cordoned node starts no pod, a drained one leaves nothing, and both have their pods back afterwards', async () => {
  const { kubectl } = cluster;
  const { metadata, spec } = kataPod({ name: 'moves' }) as { readonly metadata: object; readonly spec: object };
  // A Deployment's pods start again whenever they end.
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'moves' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'moves' } },
      template: { metadata: { ...metadata, name: undefined }, spec: { ...spec, restartPolicy: 'Always' } },
    },
  };
  await kubectl.apply(deployment);
  await kubectl.run('rollout', 'status', 'deployment/moves', '--timeout=120s');
  await kubectl.run('cordon', node.name);
  await kubectl.run('scale', 'deployment/moves', '--replicas=6');
  const phases = async (): Promise<readonly string[]> => {
    const { items } = await kubectl.get<{ items: readonly Pod[] }>('pods', '-l', 'app=moves');
    return items.map(({ status }) => status.phase).sort();
  };
  await expect
    .poll(phases, { timeout: 60_000 })
    .toEqual([...['Pending', 'Pending', 'Running', 'Running', 'Running', 'Running']]);
  await kubectl.run('drain', node.name, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=120s');
  await nothingLeft(node);
  await kubectl.run('uncordon', node.name);
  await kubectl.run('rollout', 'status', 'deployment/moves', '--timeout=120s');
  expect(await leases()).toEqual(await addressesOf('moves'));
  await kubectl.run('delete', 'deployment', 'moves');
  await nothingLeft(node);
});
