import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { blocksOf } from '../../test/docs/blocks.ts';
import { writeInside } from '../harness/install.ts';
import { DocumentedNode } from './documented-node.ts';

// Every example in every command's help, on a node with one pod. Made-up names in the examples exist there, or are
// replaced; programs of others have stand-ins.

let node: DocumentedNode;
let sandbox: string;

beforeAll(async () => {
  node = await DocumentedNode.create();
  // Before containerd's own pod: the first one remounts the directory, over what is mounted in it.
  await node.host.podNetns('pod');
  const page = blocksOf('docs/guides/bridge.md');
  const untilPod = page.slice(0, 1 + page.findIndex(({ text }) => text.startsWith('kubectl apply')));
  await node.follow([...blocksOf('docs/guides/README.md'), ...untilPod]);
  const { host } = node;
  sandbox = (await host.sh('ls /run/kata-containers/dans')).replace('.json', '');
  for (const copy of [
    '/run/examples/my.conflist',
    '/run/examples/10-kata.conflist',
    '/etc/cni/net.d/10-kata.conflist',
  ]) {
    await writeInside(host, copy, await host.sh('cat /etc/cni/kata.d/10-dan.conflist'));
  }
  await host.sh('cp /etc/kata-containers/runtime-rs/configuration.toml /etc/kata-containers/configuration.toml');
  await host.sh('mkdir -p /run/examples/host/etc /var/lib/prometheus/node-exporter');
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

/** Commands whose example is about a finding, or for which the node really has one. */
const mayFind = /^dan (doctor|validate --runtime go)/;

/** Prepares an example of `dan kata-network`: nothing for those that add an interface, two and a route for others. */
function interfaces(line: string): string {
  const add = (name: string, last: number): string =>
    `echo '${JSON.stringify({
      device: `tap-${name}`,
      name,
      IPAddresses: [{ address: `172.16.0.${last}`, mask: '16' }],
      mtu: 1500,
      hwAddr: `02:00:00:00:00:0${last}`,
    })}' | dan kata-network add-iface 6ec7a98`;
  const route = '{"dest":"172.17.10.0/24","gateway":"172.16.0.1","device":"eth1"}';
  return [
    'cd /run/examples',
    // An earlier example was "dan uninstall".
    'mkdir -p /etc/kata-containers/runtime-rs/config.d',
    `echo 'runtime.dan_conf = "/run/kata-containers/dans"' > /etc/kata-containers/runtime-rs/config.d/dans.toml`,
    ...['eth1', 'eth-test'].map((name) => `echo '{"name":"${name}"}' | dan kata-network del-iface 6ec7a98 || true`),
    ...(line.includes('add-iface')
      ? [`${add('eth-test', 3).replace(/ \|.*/, '')} > test-iface.json`]
      : [add('eth1', 2), add('eth-test', 3), `echo '${route}' | dan kata-network add-route 6ec7a98`]),
  ].join('\n');
}

/** Commands that run until they are stopped. */
const staying = /^dan (wait|metrics --listen)/;

/** Runs such a command, and stops it as Kubernetes stops a container. */
function ended(line: string): string {
  return `rm -f said; mkfifo said; exec 9<>said; (exec ${line}) >&9 & grep -m1 -E 'dan (waits|serves)' <&9; kill -TERM $!; wait $!`;
}

// Those of kata-ipvs need a guest with ip_vs: integration/kata-ipvs runs them there.
const lines = commands
  .filter(({ name }) => name !== 'kata-ipvs')
  .flatMap(({ examples }) => examples.map(({ line }) => line));

test.each(lines)('%s', async (line) => {
  // Nothing is uninstalled while a pod is attached.
  if (line === 'dan uninstall --dry-run') {
    await node.follow([{ page: 'here', line: 0, language: 'sh', text: 'kubectl delete pod kata-demo' }]);
  }
  const script = line
    .replace(/3f9c1\w*/, (beginning) => sandbox.slice(0, beginning.length))
    .replace('4f1c.json', `${sandbox}.json`)
    .replace(
      '--root /host --config',
      '--root /run/examples/host --bin-dir /opt/cni/bin --conf-dir /etc/cni/kata.d --config',
    )
    .replace(/> (\S+)$/, '> /run/examples/written');
  const others = `${line.includes('kata-network') ? interfaces(line) : ''}
    kubectl() { if [ "$1" = get ]; then cat 10-kata.conflist; else echo 'failed: [bridge-missing]'; fi; }
    jq() { cat; }
    cd /run/examples`;
  const { exitCode, stdout, stderr } = await node.shell(`${others}\n${staying.test(line) ? ended(script) : script}`);
  expect(stderr).not.toContain('please report it');
  if (!mayFind.test(line)) expect(exitCode, `${stdout}${stderr}`).toBe(0);
  expect(exitCode).toBeLessThan(2);
});
