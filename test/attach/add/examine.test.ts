import { describe, expect, it } from 'vitest';

import { refuseHiddenLinks } from '../../../src/attach/add/examine.ts';
import type { Link } from '../../../src/model/link.ts';
import { linkNamed } from '../../kinds/node.ts';
import { global } from '../../kinds/kernel-routes.ts';

const pod = '/run/netns/pod';
const lo = linkNamed('lo', { addresses: [{ cidr: '127.0.0.1/8', scope: 'host' }] });
const eth0 = linkNamed('eth0', { addresses: ['10.88.0.5/16', 'fd00:88::5/64'].map(global) });
const net1 = linkNamed('net1', { addresses: [global('10.99.0.5/24')] });

function attempt(links: readonly Link[], ...carried: readonly (string | undefined)[]): () => void {
  return () => {
    refuseHiddenLinks(
      pod,
      links,
      carried.filter((name) => name !== undefined),
    );
  };
}

describe('refuseHiddenLinks', () => {
  it.each([
    ['an empty pod', [], []],
    ['loopback', [lo], [undefined]],
    ['links without addresses', [lo, linkNamed('eth0'), linkNamed('tunl0')], [undefined]],
    ['the link that is carried', [lo, eth0], ['eth0']],
    ['the links that this attachment and others carry', [lo, eth0, net1], ['net1', 'eth0']],
    ['the link of another attachment', [lo, eth0], [undefined, 'eth0']],
  ])('accepts %s', (_what, links, carried) => {
    expect(attempt(links, ...carried)).not.toThrow();
  });

  it.each([
    ['a tap of the host', [lo, eth0], [undefined], 'eth0 with 10.88.0.5/16, fd00:88::5/64'],
    ['a redirection of another', [lo, eth0, net1], ['net1'], 'eth0 with 10.88.0.5/16, fd00:88::5/64'],
    ['a redirection of another', [lo, eth0, net1], ['eth0'], 'net1 with 10.99.0.5/24'],
    ['a redirection of one that is not there', [eth0], ['eth1'], 'eth0 with 10.88.0.5/16, fd00:88::5/64'],
  ])('refuses a link of the pod that the guest would lose beside %s', (_what, links, carried, hidden) => {
    expect(attempt(links, ...carried)).toThrow(
      expect.objectContaining({
        name: 'pod-link-hidden',
        code: 106,
        message: expect.stringContaining(
          `the pod's namespace ${pod} has the link ${hidden}, which the guest would lose`,
        ),
      }),
    );
    expect(attempt(links, ...carried)).toThrow('attach its link with the device "tcfilter"');
  });
});
