import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readGo } from '../../src/reader/go.ts';
import { blocksOf, readPage } from '../../test/docs/blocks.ts';
import { card, SriovGuest } from './sriov-guest.ts';

const page = 'docs/guides/sr-iov.md';

/** The card's name in the guide. */
const link = 'enp1s0f0';

let node: SriovGuest;

beforeAll(async () => {
  node = await SriovGuest.boot();
  // A card without virtual functions, and the distribution's plugins.
  await node.guest.text(`
    set -e
    echo 0 >/sys/class/net/${card.link}/device/sriov_numvfs
    ip link set ${card.link} down; ip link set ${card.link} name ${link}
    mkdir -p /opt/cni; cp /mnt/host/usr/lib/cni/host-local /opt/cni`);
}, 300_000);

afterAll(() => node[Symbol.asyncDispose]());

interface Plugin {
  readonly type: string;
  readonly [key: string]: unknown;
}

function blockOf(language: string, sign: string): string {
  const block = blocksOf(page).find((one) => one.language === language && one.text.includes(sign));
  if (block === undefined) throw new Error(`${page} has no ${language} block with ${sign}`);
  return block.text;
}

/** The drivers of the card's functions, in order of their addresses. */
async function drivers(): Promise<Readonly<Record<string, string>>> {
  const printed = await node.guest.text(`
    for function in /sys/class/net/${link}/device/virtfn*; do
      echo $(basename $(readlink -f $function)) $(basename $(readlink $function/driver))
    done`);
  return Object.fromEntries(printed.split('\n').map((line) => line.split(' ') as [string, string]));
}

async function attachesOne(config: object, function_?: string): Promise<void> {
  const before = await drivers();
  const added = await node.call({ command: 'ADD', config });
  expect(added.exitCode, JSON.stringify(added.json)).toBe(0);
  const [{ pciID }] = added.json['interfaces'] as [{ readonly pciID: string }];
  if (function_ !== undefined) expect(pciID).toBe(function_);
  expect(await drivers()).toEqual({ ...before, [pciID]: 'vfio-pci' });
  expect(readGo(await node.guest.text('cat /run/kata-containers/dans/sandbox-1.json'))).toMatchObject({
    accepted: true,
    devices: [{ device: { type: 'vfio', pci_device_id: pciID }, dropped: [], altered: [], failures: [] }],
  });
  expect(await node.call({ command: 'DEL', config })).toMatchObject({ exitCode: 0, json: {} });
  expect({ drivers: await drivers(), left: await node.left() }).toEqual({ drivers: before, left: '' });
}

test('the commands of the guide make four functions, of which the pool of the guide attaches one', async () => {
  await node.guest.text(`set -e\n${blockOf('sh', 'sriov_numvfs')}`);
  expect(Object.values(await drivers())).toEqual(['igbvf', 'igbvf', 'igbvf', 'igbvf']);
  await attachesOne({ cniVersion: '1.1.0', name: 'kata-sriov', ...(JSON.parse(blockOf('json', link)) as Plugin) });
});

test('the list that is shipped attaches one', async () => {
  const { name, plugins } = JSON.parse(readPage('cni-conf/vfio-pool.conflist')) as {
    readonly name: string;
    readonly plugins: readonly [Plugin];
  };
  await attachesOne({ cniVersion: '1.1.0', name, ...plugins[0] });
});

test('the network for Multus attaches the function that the device plugin has chosen', async () => {
  const { spec } = parse(readPage('deploy/multus/vfio.yaml')) as { readonly spec: { readonly config: string } };
  const { name, plugins } = JSON.parse(spec.config) as { readonly name: string; readonly plugins: readonly [Plugin] };
  const chosen = Object.keys(await drivers()).at(-1)!;
  // The device plugin counts the functions on vfio-pci.
  await node.guest.text(`
    set -e; cd /sys/bus/pci/devices/${chosen}
    echo vfio-pci >driver_override; echo ${chosen} >driver/unbind; echo ${chosen} >/sys/bus/pci/drivers_probe`);
  const runtimeConfig = { deviceID: chosen };
  await attachesOne({ cniVersion: '1.1.0', name, ...plugins[0], runtimeConfig }, chosen);
});
