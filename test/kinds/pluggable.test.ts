import { describe, expect, it } from 'vitest';

import { type Device, pluggableOf } from '../../src/kinds/kinds.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import { names } from './node.ts';
import { planFor } from './redirections.ts';
import { tapOf } from './taps.ts';

const tapName = 'tap-test' as InterfaceName;
const adopted: Device = { kind: 'adopted-tap', name: names.link, tapName, queuePairs: 2 as QueuePairs };

describe('what a virtual machine that runs can be given', () => {
  it.each<[string, Device, object | undefined]>([
    ['a tap of the host', tapOf({ queues: 4 }), { name: names.link, queuePairs: 4 }],
    ['one with a chosen name', { ...tapOf(), chosenName: tapName }, { name: tapName, queuePairs: 1 }],
    ['one that was there before', adopted, { name: tapName, queuePairs: 2 }],
    ['the tap of a redirection on the host', planFor('host').device, { name: names.link, queuePairs: 1 }],
    ['the tap of a redirection in the pod', planFor('pod').device, undefined],
  ])('of %s', (_what, device, tap) => {
    expect(pluggableOf(device)).toEqual(tap);
  });
});
