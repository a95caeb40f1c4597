import { describe, expect, it } from 'vitest';

import { readInterface, readInterfaceName } from '../../../src/kata-network/requests/interface-request.ts';
import { refusal } from '../refusal.ts';

const documented = {
  device: 'tap-test',
  name: 'eth-test',
  IPAddresses: [{ address: '172.16.0.3', mask: '16' }],
  hwAddr: '02:42:20:6f:a3:69',
  mtu: 1500,
  vhostUserSocket: '/usr/local/var/run/openvswitch/vhost-user1',
  queues: 5,
};

const least = { device: 'tap1', name: 'eth1', mtu: 1300, hwAddr: '02:42:20:6f:a2:80' };

const read = (changes: object) => readInterface({ ...least, ...changes });
const refuses = (changes: object) => () => read(changes);
describe('the interfaces of the documents', () => {
  it('are read, and shown again as they were given', () => {
    const { given, device, name, mtu, mac, queuePairs, socketPath, addresses } = readInterface(documented);
    expect(JSON.stringify(given)).toBe(
      '{"device":"tap-test","name":"eth-test","IPAddresses":[{"Family":2,"Address":"172.16.0.3","Mask":"16"}],' +
        '"mtu":1500,"hwAddr":"02:42:20:6f:a3:69","vhostUserSocket":"/usr/local/var/run/openvswitch/vhost-user1","queues":5}',
    );
    expect({ device, name, mtu, mac, queuePairs, socketPath }).toEqual({
      device: 'tap-test',
      name: 'eth-test',
      mtu: 1500,
      mac: '02:42:20:6f:a3:69',
      queuePairs: 5,
      socketPath: documented.vhostUserSocket,
    });
    expect(addresses).toMatchObject([{ text: '172.16.0.3', prefix: 16, family: 4 }]);
  });

  it('are read with the socket and without', () => {
    const { given, socketPath, queuePairs } = readInterface({
      ...least,
      IPAddresses: [{ address: '172.17.1.10', mask: '24' }],
      vhostUserSocket: documented.vhostUserSocket,
    });
    expect(given).toEqual({
      ...least,
      IPAddresses: [{ Family: 2, Address: '172.17.1.10', Mask: '24' }],
      vhostUserSocket: documented.vhostUserSocket,
    });
    expect({ socketPath, queuePairs }).toEqual({ socketPath: documented.vhostUserSocket, queuePairs: 1 });
    expect(read({}).given).toEqual({ ...least, IPAddresses: [] });
  });

  it('are named by their name in the guest alone', () => {
    expect(readInterfaceName({ name: 'eth1' })).toBe('eth1');
    expect(readInterfaceName({ ...documented, mtu: 'anything', nonsense: [] })).toBe('eth-test');
    for (const name of [undefined, '', 7, 'lo', '1eth', 'sixteen-letters-']) {
      expect(() => readInterfaceName({ ...documented, name })).toThrow(refusal('"name"'));
    }
  });
});

describe('the MTU', () => {
  it.each([68, 1279, 1280, 1500, 9600])('may be %i', (mtu) => {
    expect(read({ mtu }).mtu).toBe(mtu);
  });

  it.each([46, 47, 67])('%i is refused, for a DAN file can hold it and a tap cannot', (mtu) => {
    expect(refuses({ mtu })).toThrow(refusal(`"mtu" ${mtu}`, 'too small', 'take no less than 68'));
  });

  it.each([45, 0, -1, 9601, 1500.5, '1500', true])('may not be %j', (mtu) => {
    expect(refuses({ mtu })).toThrow(refusal(`"mtu" ${JSON.stringify(mtu)} must be`));
  });
});

describe.each(['device', 'name'])('the name in "%s"', (key) => {
  it.each(['t', 'T', 'tap.1_x-y', 'a23456789012345'])('may be %s', (value) => {
    expect(read({ [key]: value }).given).toMatchObject({ [key]: value });
  });

  it.each(['a234567890123456', '1tap', '-tap', '.tap', '_tap', 'tap/1', 'tap 1', 'täp', 'tap:1', 7, {}])(
    'may not be %j',
    (value) => {
      expect(refuses({ [key]: value })).toThrow(refusal(`"${key}"`));
    },
  );
});

describe('what is required', () => {
  it.each(['device', 'name', 'mtu', 'hwAddr'])('is "%s"', (key) => {
    for (const nothing of [undefined, null, '']) {
      expect(refuses({ [key]: nothing })).toThrow(refusal(`"${key}" is missing`));
    }
  });

  it('is told all at once', () => {
    expect(() => readInterface({ mtuu: 1500, hwAddr: '01:00:00:00:00:01', queues: 257 })).toThrow(
      refusal(
        'unknown key "mtuu" (did you mean "mtu"?)',
        '"device" is missing',
        '"name" is missing',
        '"mtu" is missing',
        '"hwAddr"',
        '"queues" 257',
      ),
    );
  });
});

describe('the address', () => {
  it.each([
    ['10.0.0.1', '8', 2],
    ['10.0.0.1', '32', 2],
    ['10.0.0.1', 24, 2],
    ['10.0.0.1', '0', 2],
    ['2001:DB8::1', '64', 10],
    ['2001:db8::1', '128', 10],
  ])('may be %s with the mask %j', (address, mask, Family) => {
    const { given } = read({ IPAddresses: [{ address, mask }] });
    expect(given.IPAddresses).toEqual([{ Family, Address: address, Mask: String(mask) }]);
  });

  it.each([
    ['10.0.0.1', '33'],
    ['2001:db8::1', '129'],
    ['10.0.0.1', '-1'],
    ['10.0.0.1', '255.255.255.0'],
    ['10.0.0.1', ''],
    ['10.0.0.1', '08'],
    ['10.0.0.1', 24.5],
    ['10.0.0.1', undefined],
    ['10.0.0.1/8', '8'],
    ['10.0.0.01', '8'],
    ['127.0.0.1', '8'],
    ['224.0.0.1', '8'],
    ['::1', '64'],
    ['fe80::1%eth0', '64'],
    [undefined, '8'],
  ])('may not be %j with the mask %j', (address, mask) => {
    expect(refuses({ IPAddresses: [{ address, mask }] })).toThrow(refusal('"IPAddresses"'));
  });

  it.each([[[]], [null], [undefined]])('may be left out: %j', (IPAddresses) => {
    expect(read({ IPAddresses }).given.IPAddresses).toEqual([]);
  });

  it('is one', () => {
    const one = { address: '10.0.0.1', mask: '8' };
    expect(refuses({ IPAddresses: [one, { ...one, address: '10.0.0.2' }] })).toThrow(refusal('more than one address'));
    expect(refuses({ IPAddresses: one })).toThrow(refusal('must be a list'));
    expect(refuses({ IPAddresses: [{ ...one, Family: 2 }] })).toThrow(refusal('without "Family"'));
  });
});

describe('the MAC', () => {
  it('is shown again as it was given, and used in lower case', () => {
    const { given, mac } = read({ hwAddr: '02:42:20:6F:A2:80' });
    expect([given.hwAddr, mac]).toEqual(['02:42:20:6F:A2:80', '02:42:20:6f:a2:80']);
  });

  it.each(['01:42:20:6f:a2:80', '00:00:00:00:00:00', '02:42:20:6f:a2', '2:42:20:6f:a2:80', '02-42-20-6f-a2-80', 7])(
    'may not be %j',
    (hwAddr) => {
      expect(refuses({ hwAddr })).toThrow(refusal('"hwAddr"'));
    },
  );
});

describe('the queues', () => {
  it.each([
    [undefined, 1],
    [0, 1],
    [1, 1],
    [2, 2],
    [256, 256],
  ])('%j are %i pairs', (queues, pairs) => {
    const { given, queuePairs } = read({ queues });
    expect([given.queues, queuePairs]).toEqual([queues, pairs]);
  });

  it.each([-1, 257, 1.5, '5', true])('may not be %j', (queues) => {
    expect(refuses({ queues })).toThrow(refusal(`"queues" ${JSON.stringify(queues)}`, '0 to 256'));
  });
});

describe('the socket', () => {
  const longest = `/${'d'.repeat(98)}/vhost-1`;

  it.each([longest, '/v', '/run/vhost-user1'])('may be %s', (vhostUserSocket) => {
    expect(read({ vhostUserSocket }).socketPath).toBe(vhostUserSocket);
  });

  it('is a path that can be bound: one of 108 to 128 bytes is refused', () => {
    expect(longest).toHaveLength(107);
    for (const length of [108, 128]) {
      const vhostUserSocket = longest.replace('/vhost', `/${'v'.repeat(length - 107)}vhost`);
      expect(vhostUserSocket).toHaveLength(length);
      expect(refuses({ vhostUserSocket })).toThrow(
        refusal('"vhostUserSocket"', '107', 'no program could bind a longer path'),
      );
    }
  });

  it.each(['vhost-user1', '/run/1vhost', '/run/../vhost', '/run/vhost user', '/run/', 7])('may not be %j', (value) => {
    expect(refuses({ vhostUserSocket: value })).toThrow(refusal('"vhostUserSocket"'));
  });

  it('is absent where it is empty', () => {
    expect(read({ vhostUserSocket: '' })).toMatchObject({
      socketPath: undefined,
      given: { ...least, IPAddresses: [] },
    });
  });
});
