import { describe, expect, it } from 'vitest';

import { type KataFile, type KataReading, readKata } from '../../src/config/kata.ts';

/** The configuration that Kata's Rust runtime ships, reduced to what matters here. */
const rust = `
# the table that is used is named in [runtime]
[hypervisor.dragonball]
path = ""
network_queues = 4
[hypervisor.qemu]
network_queues = 8
reclaim_guest_freed_memory = false
[runtime]
name = "virt_container"
hypervisor_name = "dragonball"
dan_conf = "/run/kata-containers/dans"
`;

function read(text: string, dropIns: readonly KataFile[] = []): KataReading {
  return readKata([{ path: 'configuration.toml', text }, ...dropIns]);
}

describe("Kata's configuration.toml", () => {
  it.each([
    ['of the Rust runtime', rust, { danConf: '/run/kata-containers/dans', networkQueues: 4, hypervisor: 'dragonball' }],
    [
      'with another hypervisor',
      rust.replace('"dragonball"', '"qemu"'),
      { danConf: '/run/kata-containers/dans', networkQueues: 8, hypervisor: 'qemu' },
    ],
    [
      'with a hypervisor that has no table',
      rust.replace('"dragonball"', '"clh"'),
      { danConf: '/run/kata-containers/dans', networkQueues: 1, hypervisor: 'clh' },
    ],
    [
      'of the Go runtime',
      '[hypervisor.clh]\nnetwork_queues = 2\n[runtime]\n',
      { danConf: undefined, networkQueues: 2, hypervisor: 'clh' },
    ],
    ['without a word', '', { danConf: undefined, networkQueues: 1 }],
    [
      'with no queues',
      '[hypervisor.qemu]\nnetwork_queues = 0',
      { danConf: undefined, networkQueues: 1, hypervisor: 'qemu' },
    ],
    [
      'with queues that are no number',
      '[hypervisor.qemu]\nnetwork_queues = "4"',
      { networkQueues: 1, hypervisor: 'qemu' },
    ],
    [
      'of the Rust runtime with no table at all',
      '[runtime]\nhypervisor_name = "dragonball"',
      { networkQueues: 1, hypervisor: 'dragonball' },
    ],
    [
      'with a hypervisor that is no name',
      '[runtime]\nhypervisor_name = 7\n[hypervisor.qemu]\nnetwork_queues = 2',
      { networkQueues: 2, hypervisor: 'qemu' },
    ],
    ['with other types than expected', 'runtime = 1\nhypervisor = [1]', { danConf: undefined, networkQueues: 1 }],
    [
      'with integers beyond 2^53',
      `[hypervisor.qemu]\nentropy = 9223372036854775807\nnetwork_queues = 3\n[runtime]\nlimit = -9223372036854775808`,
      { danConf: undefined, networkQueues: 3, hypervisor: 'qemu' },
    ],
  ])('%s', (_what, text, config) => {
    expect(read(text)).toMatchObject({ settings: { danConf: undefined, ...config }, faults: [] });
  });

  it('gives a relative dan_conf as it is written, and takes an empty one for none', () => {
    expect(read('[runtime]\ndan_conf = "./dans"').settings.danConf).toBe('./dans');
    expect(read('[runtime]\ndan_conf = ""').settings.danConf).toBeUndefined();
  });

  it.each(['[runtime', 'a = ', '{"runtime": {}}', 'a = 1\na = 2', '<xml/>'])(
    'refuses %j, which is not TOML',
    (text) => {
      const why: unknown = expect.stringMatching(/^is not TOML: ./);
      expect(read(text).faults).toEqual([{ path: 'configuration.toml', why }]);
    },
  );

  it('has drop-ins, each laid over what came before', () => {
    const dropIns = [
      { path: '10-queues', text: '[hypervisor.dragonball]\nnetwork_queues = 2' },
      { path: '50-dan.toml', text: '[runtime]\ndan_conf = "/run/elsewhere"' },
      { path: '60-queues', text: '[hypervisor.dragonball]\nnetwork_queues = 3' },
    ];
    expect(read(rust, dropIns)).toMatchObject({
      settings: { danConf: '/run/elsewhere', networkQueues: 3, hypervisor: 'dragonball' },
      faults: [],
    });
  });

  it('names a drop-in that is not TOML, and reads the rest', () => {
    const { settings, faults } = read(rust, [{ path: 'a.toml', text: '[' }]);
    expect(faults).toEqual([{ path: 'a.toml', why: expect.stringMatching(/^is not TOML: ./) }]);
    expect(settings.networkQueues).toBe(4);
  });
});
