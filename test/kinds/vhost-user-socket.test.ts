import { describe, expect, it } from 'vitest';

import type { SocketState } from '../../src/model/socket-path.ts';
import { br0, derived, explicit, planSocket } from './sockets.ts';
import { onDpdk } from './switches.ts';

type Path = 'explicit' | 'derived';
type Bridge = typeof br0 | null;
type Place = 'host' | 'pod';

const noDirectory = 'is in a directory that does not exist: make it, or correct the path';
const notOurs =
  'is a socket that nobody listens on and that is not ours, and the virtual machine must bind it: see whose it was, and ' +
  'remove it';
const noSocket = 'is there, and is no socket: remove it, or name another path';
const busy = 'is a socket that somebody listens on already: see with "fuser" who, and end that virtual machine first';
const listener = 'is a socket that somebody listens on already, and the virtual machine must listen itself';
const forPort = `${listener}, with the port of br0 as its client: name a path where nothing is`;
const forKata =
  `${listener}: Kata's runtime-rs binds the path. Let the switch be the client (in Open vSwitch, the port type ` +
  'dpdkvhostuserclient instead of dpdkvhostuser), or use "runtime": "generic" for a reader that connects';

/** The side that listens, or why none can. */
type Outcome = 'vm' | 'switch' | (string & {});
type Row = readonly [state: SocketState, path: Path, bridge: Bridge, place: Place, outcome: Outcome];

/** The rows of a state that is the same with and without a bridge, in both places. */
function everywhere(state: SocketState, path: Path, outcome: Outcome): readonly Row[] {
  return ([null, br0] as const).flatMap((bridge) =>
    (['host', 'pod'] as const).map((place): Row => [state, path, bridge, place, outcome]),
  );
}

const rows: readonly Row[] = [
  ...everywhere('missing', 'derived', 'vm'),
  ...everywhere('missing', 'explicit', 'vm'),
  ...everywhere('no-directory', 'derived', 'vm'),
  ...everywhere('no-directory', 'explicit', noDirectory),
  // dan may remove only what a VMM left at a derived name.
  ...everywhere('stale', 'derived', 'vm'),
  ...everywhere('stale', 'explicit', notOurs),
  ...everywhere('other', 'derived', noSocket),
  ...everywhere('other', 'explicit', noSocket),
  ...everywhere('live', 'derived', busy),
  ['live', 'explicit', null, 'pod', 'switch'],
  ['live', 'explicit', null, 'host', forKata],
  ['live', 'explicit', br0, 'host', forPort],
  ['live', 'explicit', br0, 'pod', forPort],
];

describe('who listens on a vhost-user socket', () => {
  it('is settled for every state', () => {
    expect(new Set(rows.map((row) => row.slice(0, 4).join())).size).toBe(5 * 2 * 2 * 2);
  });

  it.each(rows)('%s, %s, bridge %s, in the %s: %s', (socket, path, bridge, place, outcome) => {
    const socketPath = path === 'explicit' ? explicit : undefined;
    const attempt = () => planSocket({ socketPath, bridge, place }, { ...onDpdk(), socket });
    if (outcome === 'vm' || outcome === 'switch') {
      expect(attempt().device).toMatchObject({ server: outcome, path: socketPath ?? derived });
      return;
    }
    expect(attempt).toThrow(
      expect.objectContaining({
        name: 'socket-path-unusable',
        code: 124,
        message: `the vhost-user socket ${socketPath ?? derived} ${outcome}`,
      }),
    );
  });
});
