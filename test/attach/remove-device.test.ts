import { describe, expect, it } from 'vitest';

import { claimOf, claimWithoutRecord } from '../../src/attach/remove-device.ts';
import { linksOf } from '../../src/device/kinds.ts';
import { names } from '../device/node.ts';
import { planFor } from '../device/redirections.ts';
import { tapOf } from '../device/taps.ts';

const [onHost, inPod] = [planFor('host').device, planFor('pod').device];

describe('what may be there of a device', () => {
  it('is what the record says, and the record is the proof', () => {
    expect(claimOf({ device: onHost })).toEqual({
      made: { device: onHost, taken: undefined },
      links: linksOf(onHost),
      redirects: [{ in: 'pod', link: 'eth0', index: 2, cookie: names.cookie, queueLength: 1000 }],
      recorded: true,
    });
    expect(claimOf({ device: tapOf() })).toMatchObject({ links: linksOf(tapOf()), redirects: [] });
  });

  it('without a record is nothing that was taken, and no link is ours but by its marks', () => {
    const claim = claimWithoutRecord(names);
    expect(claim).toMatchObject({ redirects: [], recorded: false });
    expect(claim).not.toHaveProperty('made');
    expect(claim.links.every(({ alias }) => alias === names.alias)).toBe(true);
  });

  it.each([
    ['a tap on the host', tapOf()],
    ['a redirection in the pod', inPod],
  ])('without a record is any link of %s', (_what, device) => {
    expect(claimWithoutRecord(names).links).toEqual(expect.arrayContaining([...linksOf(device)]));
  });

  it('without a record is the pair of a redirection by the host', () => {
    const ends = linksOf(onHost).filter((link) => link.in === 'host');
    expect(claimWithoutRecord(names).links).toEqual(expect.arrayContaining(ends));
  });
});
