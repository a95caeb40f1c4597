import { describe, expect, it } from 'vitest';

import { parseKataConfig } from '../../src/config/kata.ts';
import { verdict } from '../model/verdict.ts';

/** As Kata's Rust runtime ships it, cut down to what matters here. */
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
    expect(verdict(parseKataConfig(text))).toEqual({ danConf: undefined, ...config });
  });

  it.each(['run/dans', '', './dans'])('with the dan_conf %j is refused', (path) => {
    expect(verdict(parseKataConfig(`[runtime]\ndan_conf = "${path}"`))).toBe(
      'refused: has a "dan_conf" in [runtime] that is not an absolute path',
    );
  });

  it.each(['[runtime', 'a = ', '{"runtime": {}}', 'a = 1\na = 2', '<xml/>'])('is not %j', (text) => {
    expect(verdict(parseKataConfig(text))).toMatch(/^refused: is not TOML: ./);
  });

  it('has drop-ins, each laid over what came before', () => {
    const dropIns = [
      { name: '10-queues', text: '[hypervisor.dragonball]\nnetwork_queues = 2' },
      { name: '50-dan.toml', text: '[runtime]\ndan_conf = "/run/elsewhere"' },
      { name: '60-queues', text: '[hypervisor.dragonball]\nnetwork_queues = 3' },
    ];
    expect(verdict(parseKataConfig(rust, dropIns))).toEqual({
      danConf: '/run/elsewhere',
      networkQueues: 3,
      hypervisor: 'dragonball',
    });
  });

  it('with a drop-in that is none is refused by its name', () => {
    expect(verdict(parseKataConfig(rust, [{ name: 'a.toml', text: '[' }]))).toMatch(
      /^refused: has a drop-in config.d\/a.toml that is not TOML: ./,
    );
  });
});
