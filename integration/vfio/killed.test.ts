import { afterAll, beforeAll, expect, test } from 'vitest';
import { effort } from '../harness/effort.ts';
import { card, SriovGuest } from './sriov-guest.ts';

let node: SriovGuest;
let before: string;

beforeAll(async () => {
  node = await SriovGuest.boot();
  before = await node.functions();
}, 300_000);

afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

const config = {
  ...{ cniVersion: '1.1.0', name: 'fast', type: 'dan', device: 'vfio', runtime: 'go', bindDriver: true },
  ...{ deviceID: card.functions[0], vlan: 100, trust: 'on', maxTxRate: 100 },
};

/** The system calls with which dan changes files, the driver and the card. */
const changing = ['write', 'sendto', 'rename', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'renameat'] as const;

test.each(['ADD', 'DEL'] as const)(
  '%s that is killed at any system call leaves what a DEL gives back',
  async (command) => {
    const traced = `/usr/bin/strace -qq -o /tmp/trace -e trace=${changing.join(',')}`;
    if (command === 'DEL') await node.call({ command: 'ADD', config });
    expect((await node.call({ command, config }, traced)).exitCode).toBe(0);
    const lines = (await node.guest.text('cat /tmp/trace')).split('\n');
    if (command === 'ADD') expect((await node.call({ command: 'DEL', config })).exitCode).toBe(0);
    const points = changing.flatMap((name) =>
      Array.from({ length: lines.filter((line) => line.startsWith(`${name}(`)).length }, (_, at) => ({
        name,
        nth: at + 1,
      })),
    );
    expect(points.length).toBeGreaterThan(10);
    for (const { name, nth } of points.filter((_, at) => at % effort.everyPoint === 0)) {
      if (command === 'DEL') expect((await node.call({ command: 'ADD', config })).exitCode).toBe(0);
      const kill = `/usr/bin/strace -qq -o /dev/null -e trace=${name} -e inject=${name}:signal=KILL:when=${nth}`;
      await node.call({ command, config }, kill);
      const at = `${name} ${nth}`;
      expect({ at, ...(await node.call({ command: 'DEL', config })) }).toMatchObject({ at, exitCode: 0 });
      expect({ at, functions: await node.functions(), left: await node.left() }).toEqual({
        at,
        functions: before,
        left: '',
      });
    }
  },
  280_000,
);
