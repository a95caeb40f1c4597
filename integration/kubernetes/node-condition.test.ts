import { expect, test } from 'vitest';
import { blocksOf } from '../../test/docs/blocks.ts';
import { eventually } from '../harness/eventually.ts';
import { writeInside } from '../harness/install.ts';
import { Cluster } from './cluster.ts';
import { installDan } from './dan.ts';
import { kataPod, type Pod, runtimeClass } from './pods.ts';

interface KubernetesNode {
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

const network = {
  cniVersion: '1.0.0',
  cniVersions: ['1.0.0', '1.1.0'],
  name: 'own',
  plugins: [
    {
      type: 'dan',
      device: 'host-tap',
      bridge: 'br0',
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.93.0.0/16' }]] },
    },
  ],
};

test('a node whose own network has lost its bridge is not Ready, says what to do, and is Ready with the bridge', async () => {
  await using cluster = await Cluster.start({ containerd: 'newer' });
  const { host } = cluster.node('n1');
  await installDan(cluster, 'deploy/multus');
  await writeInside(host, '/etc/cni/net.d/00-own.conflist', JSON.stringify(network));
  await cluster.kubectl.apply(runtimeClass('kata-multus'), kataPod({ name: 'first', runtimeClass: 'kata-multus' }));
  await cluster.kubectl.wait('condition=Ready', ['pod/first']);
  expect((await cluster.kubectl.get<Pod>('pod', 'first')).status.podIPs?.[0]?.ip).toMatch(/^10\.93\./);

  await cluster.kubectl.run('delete', 'pod', 'first');
  await host.sh('ip link delete br0');
  const condition = async (wanted: string): Promise<string> => {
    const { status } = await cluster.kubectl.get<KubernetesNode>('node', 'n1');
    const ready = status.conditions.find(({ type }) => type === 'Ready');
    if (ready?.status !== wanted) throw new Error(`it is ${ready?.status}: ${ready?.message}`);
    return ready.message;
  };
  const message = await eventually('a node that is not Ready', async () => await condition('False'), { seconds: 60 });
  const [shown = ''] = blocksOf('docs/guides/kubernetes.md')
    .filter(({ text }) => text.startsWith('container runtime network not ready'))
    .map(({ text }) => text.trim().replaceAll('\n', ' '));
  expect(message).toBe(shown);
  await host.sh('ip link add br0 type bridge; ip link set br0 up; ip link set uplink master br0');
  await eventually('a node that is Ready', async () => await condition('True'), { seconds: 60 });
});
