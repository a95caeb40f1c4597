import { describe, expect, it } from 'vitest';

import { encode } from '../../src/dan/encode.ts';
import { withEntry } from '../../src/dan/merge.ts';
import { profiles } from '../../src/dan/profile.ts';
import type { QueuePairs, QueueSize } from '../../src/model/queues.ts';
import { attachment } from './attachments.ts';

/** The example of the commit that added the format to Kata (fixes #1922), with MACs in place of its "xx". */
const ofTheCommit = {
  netns: '/path/to/netns',
  devices: [
    {
      name: 'eth0',
      guest_mac: '02:5c:1e:07:9a:41',
      device: { type: 'vhost-user', path: '/tmp/test', queue_num: 1, queue_size: 1 },
      network_info: {
        interface: { ip_addresses: ['192.168.0.1/24'], mtu: 1500, ntype: 'tuntap', flags: 0 },
        routes: [{ dest: '172.18.0.0/16', source: '172.18.0.1', gateway: '172.18.31.1', scope: 0, flags: 0 }],
        neighbors: [
          { ip_address: '192.168.0.3/16', device: '', state: 0, flags: 0, hardware_addr: '02:00:00:00:00:03' },
        ],
      },
    },
  ],
};

const asConfigured = {
  runtime: 'generic',
  addresses: ['192.168.0.1/24'],
  routes: [{ dst: '172.18.0.0/16', gw: '172.18.31.1', source: '172.18.0.1' }],
  neighbors: [{ address: '192.168.0.3/16', mac: '02:00:00:00:00:03', state: 0 }],
};

const example =
  '{"netns":null,"devices":[{"name":"eth0","guest_mac":"02:5c:1e:07:9a:41","device":{"type":"host-tap",' +
  '"tap_name":"dan3f9c1e7a02b","queue_num":1},"network_info":{"interface":{"ip_addresses":["10.88.0.5/24",' +
  '"fd00:88::5/64"],"mtu":1500,"ntype":"tuntap","flags":0},"routes":[{"dest":"0.0.0.0/0","gateway":"10.88.0.1"},' +
  '{"dest":"::/0","gateway":"fd00:88::1"}],"neighbors":[{"ip_address":"10.88.0.9/32",' +
  '"hardware_addr":"02:00:00:00:00:09","state":128}]},"cni":{"network":"kata-net","ifname":"eth0"}}]}';

const exampleAttachment = attachment({
  addresses: ['10.88.0.5/24', 'fd00:88::5/64'],
  routes: [
    { dst: '0.0.0.0/0', gw: '10.88.0.1' },
    { dst: '::/0', gw: 'fd00:88::1' },
  ],
  neighbors: [{ address: '10.88.0.9', mac: '02:00:00:00:00:09' }],
});

describe('the document of the commit message', () => {
  const device = {
    kind: 'vhost-user',
    path: '/tmp/test',
    queuePairs: 1 as QueuePairs,
    queueSize: 1 as QueueSize,
  } as const;

  it('comes out of the encoder under generic, field for field', () => {
    const entry = encode(profiles.generic, attachment(asConfigured, { device }));
    const { cni, ...published } = entry;
    expect(cni).toEqual({ network: 'kata-net', ifname: 'eth0' });
    const document = withEntry(undefined, '/path/to/netns', entry);
    expect({ ...document, devices: [published] }).toStrictEqual(ofTheCommit);
  });
});

describe('the example document', () => {
  const document = withEntry(undefined, null, encode(profiles['runtime-rs'], exampleAttachment));

  it('comes out under runtime-rs', () => {
    expect(document).toStrictEqual(JSON.parse(example));
  });

  it('comes out byte for byte', () => {
    expect(JSON.stringify(document)).toBe(example);
  });

  it('has no queue_num under runtime-rs-3, and nothing else is different', () => {
    const older = withEntry(undefined, null, encode(profiles['runtime-rs-3'], exampleAttachment));
    expect(older).toStrictEqual(JSON.parse(example.replace(',"queue_num":1', '')));
  });
});
