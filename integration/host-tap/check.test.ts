import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from './network.ts';

const file = '/run/kata-containers/dans/sandbox-1.json';

/** One change of an attachment: `$tap` is its tap. */
interface Change {
  readonly what: string;
  readonly change: string;
  readonly says: readonly string[];
}

const changes: readonly Change[] = [
  { what: 'tap gone', change: 'ip link del $tap', says: ['tap $tap is gone'] },
  { what: 'tap down', change: 'ip link set $tap down', says: ['state is down, and was made up'] },
  { what: 'another MTU', change: 'ip link set $tap mtu 1400', says: ['MTU is 1400, and was made 1500'] },
  { what: 'another MAC', change: 'ip link set $tap address fe:00:00:00:00:01', says: ['MAC is fe:00:00:00:00:01'] },
  { what: 'no master', change: 'ip link set $tap nomaster', says: ['master is none, and was made br0'] },
  { what: 'another master', change: 'ip link set $tap master br1', says: ['master is br1, and was made br0'] },
  { what: 'another alias', change: 'ip link set $tap alias other', says: ['alias is other'] },
  {
    what: 'another tap of the name',
    change: 'ip link del $tap; ip tuntap add $tap mode tap multi_queue',
    says: ['altname is none', 'multi-queue mode is true, and was made false', 'vnet_hdr mode is false'],
  },
  { what: 'IPv6 on', change: 'echo 0 >/proc/sys/net/ipv6/conf/$tap/disable_ipv6', says: ['IPv6 is on at $tap'] },
  { what: 'file gone', change: `rm ${file}`, says: [`the DAN file ${file} is gone`] },
  { what: 'entry gone', change: `echo '{"devices":[]}' >${file}`, says: [`${file} has no entry of this attachment`] },
  {
    what: 'file edited',
    change: `sed -i 's/1500/1400/' ${file}`,
    says: [`entry of this attachment in ${file} was edited`],
  },
  { what: 'no JSON', change: `echo half >${file}`, says: [`${file} is not JSON`] },
  {
    what: 'record gone',
    change: 'rm /run/dan/attachments/$tap.json',
    says: ['the record of the attachment is missing'],
  },
  { what: 'lease gone', change: 'rm /var/lib/cni/networks/kata-net/[1f]*', says: ['IPAM plugin host-local'] },
];

describe('CHECK finds every change, and names it', () => {
  let host: Host;
  let netns: string;

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    await host.sh('ip link add br1 type bridge');
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  test.each(changes)('$what', async ({ change, says }) => {
    const before = await traces(host);
    const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
    const { json } = await callPlugin(host, { command: 'ADD', config, netns });
    const tap = (json['interfaces'] as { name: string }[])[0]!.name;
    const check = { command: 'CHECK', config: { ...config, prevResult: json }, netns } as const;
    expect(await callPlugin(host, check)).toMatchObject({ exitCode: 0, stdout: '' });
    await host.sh(`tap=${tap}; ${change}`);
    const found = await callPlugin(host, check);
    expect(found.exitCode, found.stdout).toBe(1);
    for (const text of says) expect(found.json['msg']).toContain(text.replace('$tap', tap));
    await host.sh(`rm -f ${file}`);
    const gone = await callPlugin(host, { command: 'DEL', config, netns });
    expect(gone.exitCode, gone.stdout).toBe(0);
    // A link that somebody else made with our name is not ours.
    await host.run('ip', ['link', 'del', tap]);
    expect(await traces(host)).toEqual(before);
  });
});
