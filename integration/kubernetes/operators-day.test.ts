import { cp, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { eventually } from '../harness/eventually.ts';
import { Cluster } from './cluster.ts';
import { serviceAddresses } from './control-plane.ts';
import { network, plugin, rollout } from './dan.ts';
import { addresses } from './data-centre.ts';
import { dnsReady, installDns } from './dns.ts';
import { httpGet } from './http.ts';
import type { KubernetesObject } from './kubectl.ts';
import { nothingLeft } from './leftovers.ts';
import type { Node } from './node.ts';
import { kataPod, type Pod, runtimeClass } from './pods.ts';

// An operator's day on a cluster of two nodes. Each test continues from the state that the one before it left.

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));

let cluster: Cluster;
/** The operator's own copy of `deploy/`, with changes to the image and the network. */
let own: string;

beforeAll(async () => {
  cluster = await Cluster.start({ nodes: 2, images: ['coredns'] });
  await installDns(cluster, 'n1');
  own = `${cluster.directory}/deploy`;
  await cp(deploy, own, { recursive: true });
});
afterAll(async () => {
  await (cluster as Cluster | undefined)?.[Symbol.asyncDispose]();
});

async function onEachNode(script: string): Promise<readonly string[]> {
  return await Promise.all(cluster.nodes.map((node) => node.host.sh(script)));
}

async function pod(name: string): Promise<Pod> {
  return await cluster.kubectl.get<Pod>('pod', name);
}

/** The answer of the pod with a port on the node n1, as seen from outside of the node. */
async function atHostPort(): Promise<string> {
  return await httpGet(cluster.host, `http://${addresses.node(1).ipv4}:8081/`);
}

/** The addresses of the pods of the Deployment `kata-web`. */
async function webAddresses(): Promise<readonly string[]> {
  const selector = 'app.kubernetes.io/name=kata-web';
  const { items } = await cluster.kubectl.get<{ items: readonly Pod[] }>('pods', '-l', selector);
  return items.map(({ status }) => status.podIPs?.[0]?.ip ?? '');
}

async function nodeOf(name: string): Promise<Node> {
  return cluster.node((await pod(name)).spec.nodeName ?? '');
}

test('kubectl apply -k deploy/ installs dan on each node that has Kata', async () => {
  await cluster.kubectl.run('apply', '-k', 'deploy/');
  await rollout(cluster.kubectl);
  for (const version of await onEachNode(`${plugin} --version`)) expect(version).toMatch(/^dan 0\.1\.0/);
  for (const list of await onEachNode(`cat ${network}`)) expect(JSON.parse(list)).toMatchObject({ name: 'kata-net' });
  // The second time changes nothing.
  expect(await cluster.kubectl.run('apply', '-k', 'deploy/')).not.toMatch(/created|configured/);
});

test('the example pod has a network of dan, with both families', async () => {
  await cluster.kubectl.run('apply', '-f', 'deploy/runtimeclass.yaml', '-f', 'deploy/examples/pod.yaml');
  await cluster.kubectl.wait('condition=Ready', ['pod/kata-demo']);
  const ips = ((await pod('kata-demo')).status.podIPs ?? []).map(({ ip }) => ip);
  const node = await nodeOf('kata-demo');
  const attachments = await node.host.sh(`${plugin} list`);
  expect(ips).toHaveLength(2);
  for (const ip of ips) expect(attachments).toContain(ip);
  for (const gateway of ['10.88.0.1', 'fd00:88::1']) {
    expect(await cluster.kubectl.run('exec', 'kata-demo', '--', 'ping', '-c', '1', '-W', '5', gateway)).toContain(
      '1 packets received',
    );
  }
});

test('a Deployment answers at its Service, to a node and to a guest', async () => {
  const [deployment, service] = parseAllDocuments(await readFile(`${deploy}examples/deployment.yaml`, 'utf8')).map(
    (document) => document.toJS() as Record<string, unknown>,
  );
  // On one node, whose address is the guests' gateway, and with resources that fit the machine.
  const spec = (deployment as { spec: { template: { spec: Record<string, unknown> } } }).spec.template.spec;
  const [container] = spec['containers'] as [Record<string, unknown>];
  spec['nodeSelector'] = { 'kubernetes.io/hostname': 'n1' };
  spec['containers'] = [
    {
      ...container,
      resources: {},
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
      livenessProbe: {
        exec: { command: ['sh', '-c', 'echo | nc -w 5 127.0.0.1 8080'] },
        initialDelaySeconds: 20,
        timeoutSeconds: 20,
      },
    },
  ];
  (deployment as { spec: Record<string, unknown> }).spec['replicas'] = 2;
  await cluster.kubectl.apply(deployment as KubernetesObject, service as KubernetesObject);
  await cluster.kubectl.run('rollout', 'status', 'deployment/kata-web', '--timeout=240s');
  const ips = await webAddresses();
  const { spec: asked } = await cluster.kubectl.get<{ spec: { clusterIP: string } }>('service', 'kata-web');
  const node = cluster.node('n1');
  // Every pod of the service answers, whichever one kube-proxy chooses.
  const missing = new Set(ips);
  await eventually(
    'an answer of each pod',
    async () => {
      const answer = await httpGet(node.host, `http://${asked.clusterIP}/`);
      for (const ip of [...missing].filter((one) => answer.includes(`${one}/`))) missing.delete(ip);
      return missing.size === 0 || undefined;
    },
    { seconds: 60 },
  );
  await cluster.kubectl.apply(kataPod({ name: 'client', node: 'n1', guest: true }), runtimeClass('kata-small', 'kata'));
  await cluster.kubectl.wait('condition=Ready', ['pod/client']);
  const ask = `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 ${asked.clusterIP} 80`;
  const answer = await cluster.kubectl.run('exec', 'client', '--', 'sh', '-c', ask);
  expect(ips.some((ip) => answer.includes(`${ip}/`))).toBe(true);
});

test('a guest finds a Service by its name', async () => {
  await dnsReady(cluster);
  const inGuest = async (script: string): Promise<string> =>
    await cluster.kubectl.run('exec', 'client', '--', 'sh', '-c', script);
  expect(await inGuest('cat /etc/resolv.conf')).toContain(`nameserver ${serviceAddresses.dns}`);
  const answer = await inGuest(`printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 kata-web 80`);
  expect((await webAddresses()).some((ip) => answer.includes(`${ip}/`))).toBe(true);
  await expect(inGuest('nc -w 5 no-such-service 80')).rejects.toThrow(/bad address/);
  await cluster.kubectl.run('delete', 'deployment/kata-web', 'service/kata-web', 'pod/client');
});

test('a restart of the DaemonSet applies a network that was changed; with portmap, it has hostPorts', async () => {
  const file = `${own}/networks/tcfilter/network.yaml`;
  const configMap = parse(await readFile(file, 'utf8')) as { data: { 'dan.conflist': string } };
  const list = JSON.parse(configMap.data['dan.conflist']) as { plugins: object[] };
  list.plugins.push({ type: 'portmap', capabilities: { portMappings: true } });
  configMap.data['dan.conflist'] = JSON.stringify(list, undefined, 2);
  await writeFile(file, stringify(configMap));
  await cluster.kubectl.run('apply', '-k', own);
  await cluster.kubectl.run('--namespace=kube-system', 'rollout', 'restart', 'daemonset/dan');
  await rollout(cluster.kubectl);
  for (const text of await onEachNode(`cat ${network}`)) expect(text).toContain('portmap');
  const web = kataPod({
    name: 'web',
    node: 'n1',
    guest: true,
    container: {
      command: ['sh', '-c', 'echo here >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'],
      ports: [{ containerPort: 8080, hostPort: 8081 }],
    },
  });
  await cluster.kubectl.apply(web);
  await cluster.kubectl.wait('condition=Ready', ['pod/web']);
  expect(await eventually('an answer at the node’s port', atHostPort, { seconds: 60 })).toBe('here');
});

test('an upgrade and the way back replace the plugin, and do not touch a pod that runs', async () => {
  const before = await pod('web');
  const size = async (): Promise<readonly string[]> => await onEachNode(`stat -c %s ${plugin}`);
  const [old] = await size();
  const file = `${own}/image/kustomization.yaml`;
  await writeFile(file, (await readFile(file, 'utf8')).replace('newTag: 0.1.0', 'newTag: 0.1.1'));
  await cluster.kubectl.run('apply', '-k', own);
  await rollout(cluster.kubectl);
  // The program in the other image is a byte longer.
  expect(await size()).toEqual(Array(2).fill(String(Number(old) + 1)));
  await cluster.kubectl.run('--namespace=kube-system', 'rollout', 'undo', 'daemonset/dan');
  await rollout(cluster.kubectl);
  expect(await size()).toEqual(Array(2).fill(old));
  expect((await pod('web')).metadata.uid).toBe(before.metadata.uid);
  expect((await pod('web')).status.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 });
  expect(await atHostPort()).toBe('here');
});

test('uninstalling waits for the last pod, says so, and leaves nothing', async () => {
  await cluster.kubectl.run('delete', '-k', own);
  await cluster.kubectl.run('apply', '-k', `${own}/uninstall`);
  const state = async (node: string): Promise<string> =>
    await cluster.kubectl.run(
      ...['--namespace=kube-system', 'get', 'pods', '-l', 'app.kubernetes.io/name=dan-uninstall'],
      ...['--field-selector', `spec.nodeName=${node}`, '-o', 'jsonpath={.items[*].status}'],
    );
  const refused = async (): Promise<true | undefined> =>
    /this node has \d attachment/.test(await state('n1')) || undefined;
  await eventually('a pod that says why it does not uninstall', refused, { seconds: 120 });
  expect(await cluster.node('n1').host.sh(`${plugin} --version`)).toContain('dan');
  expect(await atHostPort()).toBe('here');
  await cluster.kubectl.run('delete', 'pods', '--all');
  await rollout(cluster.kubectl, 'dan-uninstall');
  await cluster.kubectl.run('delete', '-k', `${own}/uninstall`);
  for (const files of await onEachNode(`find ${plugin} ${network} /var/lib/dan -type f 2>/dev/null || :`))
    expect(files).toBe('');
  for (const node of cluster.nodes) await nothingLeft(node);
});
