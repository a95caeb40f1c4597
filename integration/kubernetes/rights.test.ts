import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cluster } from './cluster.ts';
import { installDan, plugin, rollout } from './dan.ts';
import { addresses } from './data-centre.ts';
import { httpGet } from './http.ts';
import { kataPod } from './pods.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
  await installDan(cluster);
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

/** A namespace in which PodSecurity admission enforces a level. */
function namespace(name: string, level: string): Record<string, unknown> {
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

test('a tenant whose namespace is restricted runs the example pod', async () => {
  await cluster.kubectl.apply(namespace('tenant', 'restricted'));
  await cluster.kubectl.run('--namespace=tenant', 'apply', '-f', 'deploy/examples/pod.yaml');
  await cluster.kubectl.wait('condition=Ready', ['--namespace=tenant', 'pod/kata-demo']);
  await cluster.kubectl.run('--namespace=tenant', 'delete', 'pod', 'kata-demo');
});

test('the DaemonSet asks for no more than directories of the node, and the SELinux type that may write to them', async () => {
  interface DaemonSet {
    readonly spec: { readonly template: { readonly spec: object } };
  }
  const { spec } = (await cluster.kubectl.get<DaemonSet>('--namespace=kube-system', 'daemonset', 'dan')).spec.template;
  await cluster.kubectl.apply(namespace('strict', 'baseline'));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'dan', namespace: 'strict' }, spec };
  const refused = cluster.kubectl.apply(pod);
  await expect(refused).rejects.toThrow(/violates PodSecurity "baseline:latest"/);
  const words = String(await refused.catch((error: unknown) => error));
  expect(/"baseline:latest": (.*)$/m.exec(words)?.[1]).toBe(
    'hostPath volumes (volumes "plugins", "networks", "state", "containerd", "kata", "kata-own"), ' +
      'seLinuxOptions (container "install" set forbidden securityContext.seLinuxOptions: type "spc_t")',
  );
});

test('a pod’s annotations limit its rates', async () => {
  const limits = { 'kubernetes.io/ingress-bandwidth': '8M', 'kubernetes.io/egress-bandwidth': '80M' };
  await cluster.kubectl.apply(kataPod({ name: 'limited', annotations: limits }));
  await cluster.kubectl.wait('condition=Ready', ['pod/limited']);
  const shown = await cluster.node('n1').host.sh(`
    for netns in $(ip netns list | cut -d ' ' -f 1); do tc -n $netns qdisc show; done; tc qdisc show`);
  expect(shown).toMatch(/tbf .*rate 8Mbit/);
  expect(shown).toMatch(/tbf .*rate 80Mbit/);
  await cluster.kubectl.run('delete', 'pods', '--all');
});

test('dan metrics on each node counts what is attached', async () => {
  await cluster.kubectl.run('apply', '-k', 'deploy/monitoring');
  await rollout(cluster.kubectl, 'dan-metrics');
  await cluster.kubectl.apply(kataPod({ name: 'counted' }));
  await cluster.kubectl.wait('condition=Ready', ['pod/counted']);
  const url = `http://${addresses.node(1).ipv4}:9464/metrics`;
  const text = await httpGet(cluster.host, url);
  expect(text).toMatch(/^dan_attachment_info\{[^}]*network="kata-net",namespace="default",pod="counted"[^}]*\} 1$/m);
  // containerd's path for the pod's namespace begins with /var/run, which no image has.
  const states = /^dan_attachments\{.*/gm;
  expect(text.match(states)).toContain('dan_attachments{state="attached"} 1');
  expect(text.match(states)).toEqual((await cluster.node('n1').host.sh(`${plugin} metrics`)).match(states));
  await cluster.kubectl.run('delete', 'pod', 'counted');
});
