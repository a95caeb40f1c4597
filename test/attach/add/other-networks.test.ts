import { describe, expect, it } from 'vitest';

import { podLinkHidden } from '../../../src/attach/add/other-networks.ts';
import { hiddenLinks } from '../../../src/attach/hidden-links.ts';
import type { Link } from '../../../src/model/link.ts';
import { linkNamed } from '../../kinds/node.ts';
import { global } from '../../kinds/kernel-routes.ts';

const lo = linkNamed('lo', { addresses: [{ cidr: '127.0.0.1/8', scope: 'host' }] });
const eth0 = linkNamed('eth0', { addresses: ['10.88.0.5/16', 'fd00:88::5/64'].map(global) });
const net1 = linkNamed('net1', { addresses: [global('10.99.0.5/24')] });

function hidden(links: readonly Link[], carried: readonly (string | undefined)[]): readonly string[] {
  const names = carried.filter((name) => name !== undefined);
  return hiddenLinks(links, names).map(({ name }) => name);
}

describe('hiddenLinks', () => {
  it.each([
    ['an empty pod', [], []],
    ['loopback', [lo], [undefined]],
    ['links without addresses', [lo, linkNamed('eth0'), linkNamed('tunl0')], [undefined]],
    ['the link that is carried', [lo, eth0], ['eth0']],
    ['the links that this attachment and others carry', [lo, eth0, net1], ['net1', 'eth0']],
    ['the link of another attachment', [lo, eth0], [undefined, 'eth0']],
  ])('accepts %s', (_what, links, carried) => {
    expect(hidden(links, carried)).toEqual([]);
  });

  it.each([
    ['a tap of the host', [lo, eth0], [undefined], ['eth0']],
    ['a redirection of another', [lo, eth0, net1], ['net1'], ['eth0']],
    ['a redirection of another', [lo, eth0, net1], ['eth0'], ['net1']],
    ['a redirection of one that is not there', [eth0], ['eth1'], ['eth0']],
  ])('finds a link of the pod that the guest would lose beside %s', (_what, links, carried, found) => {
    expect(hidden(links, carried)).toEqual(found);
  });
});

describe('podLinkHidden', () => {
  it('names the link, its addresses, and what to do', () => {
    const { name, code, message } = podLinkHidden('/run/netns/pod', eth0, false);
    expect({ name, code }).toEqual({ name: 'pod-link-hidden', code: 106 });
    expect(message).toContain(
      "the pod's namespace /run/netns/pod has the link eth0 with 10.88.0.5/16, fd00:88::5/64, which the guest would lose",
    );
    expect(message).toContain('attach its link with the device "tcfilter"');
    expect(message).not.toContain('setup_serially');
  });

  it('names the other cause where it waited for another network', () => {
    expect(podLinkHidden('/run/netns/pod', eth0, true).message).toContain(
      'did not come within 10 s, let the client attach one network after the other (containerd from 1.7 on: setup_serially = true)',
    );
  });
});
