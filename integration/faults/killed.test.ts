import { describe, expect, test } from 'vitest';
import { effort, isSoak } from '../harness/effort.ts';
import { type Call, type Program, programs } from '../harness/plugin.ts';
import { seed } from '../harness/seed.ts';
import { Bench } from './bench.ts';
import { type DeviceName, deviceNames } from './devices.ts';
import { callKilledAt, fileFaults, isRecorded, secondsOf, wasKilled } from './killed-at.ts';
import { removeEmptyLeases } from './leases.ts';
import { momentsOf } from './moments.ts';
import { Complaints } from './points.ts';

// The one for Node takes a second to start where others do too.
const timeout = 120_000 + effort.kills * 15_000;

/** What a configuration may have become between ADD and DEL. */
const changes = [
  {},
  { device: 'tcfilter', master: 'lo' },
  { bridge: 'br7' },
  { danConf: '/run/kata-containers/elsewhere' },
  { typo: true },
] as const;

const moments = [
  { name: 'rtnetlink', count: effort.kills },
  { name: 'iproute2', count: Math.ceil(effort.kills / 3) },
] as const;

const kinds = deviceNames.filter((name) => name !== 'tcfilter for generic');

/** By `ip`, `npm test` tries one way with a connection of the host's, and one that takes over an interface. */
const byIproute2: readonly DeviceName[] = isSoak ? kinds : ['host-tap with limits', 'tcfilter for runtime-rs'];

const victims = kinds.flatMap((device) =>
  moments.filter(({ name }) => name === 'rtnetlink' || byIproute2.includes(device)).map((one) => ({ device, ...one })),
);

describe.concurrent('dan is killed at any moment, and DEL undoes everything', () => {
  test.each(victims)(
    `$count moments of ADD and $count of DEL of $device by $name, DAN_SEED=${seed}`,
    { timeout },
    async ({ device, name, count }) => {
      await using bench = await Bench.create(device);
      const victim = new Victim(bench, device, programs[name]);
      for (const command of ['ADD', 'DEL'] as const) await victim.killEverywhere(command, count);
      victim.complaints.add('the end', await bench.cycleFaults());
      const { killed, recorded } = victim;
      process.stdout.write(`${device} by ${name}: ${killed} of ${2 * count} killed, ${recorded} with a record\n`);
      expect(victim.complaints.list()).toEqual([]);
      // Otherwise the moments are none of the calls'.
      expect(killed).toBeGreaterThan(count);
    },
  );
});

/** A device whose ADD and DEL are killed, again and again. */
class Victim {
  readonly complaints = new Complaints();
  killed = 0;
  /** How often a record was left, for which there may be something to remove. */
  recorded = 0;
  readonly #bench: Bench;
  readonly #device: DeviceName;
  readonly #dan: Program;
  /** What ADD returned, once it has. */
  #previous: unknown;

  constructor(bench: Bench, device: DeviceName, dan: Program) {
    this.#bench = bench;
    this.#device = device;
    this.#dan = dan;
  }

  /** Kills a command at so many moments, and lets DEL follow each time. */
  async killEverywhere(command: 'ADD' | 'DEL', count: number): Promise<void> {
    this.#previous = (await this.#bench.run('ADD')).json;
    this.complaints.add('at first', await this.#succeeds('DEL'));
    const times: number[] = [];
    for (const [at, fraction] of momentsOf(count, `${command} of ${this.#device}`).entries()) {
      // Attaching with the same ids works after each moment; a DEL begins with that. Other tests come and go beside this
      // one, so only the last times count.
      while (times.length < 5 + (command === 'ADD' ? at : at / 4)) times.push(await this.#measure(command));
      const seconds = median(times.slice(-5)) * fraction;
      const name = `${command}, moment ${at} at ${fraction.toFixed(3)}`;
      // How long a call takes depends on what else the machine does: one that had ended by then is tried again, earlier.
      for (let tries = 0, before = this.killed; tries < 8 && this.killed === before; tries++) {
        this.complaints.add(name, await this.#killOnce(command, seconds * 0.75 ** tries, at));
      }
    }
  }

  async #measure(command: 'ADD' | 'DEL'): Promise<number> {
    const { host, call } = this.#bench;
    const seconds = {
      ADD: await secondsOf(host, call('ADD'), this.#dan),
      DEL: await secondsOf(host, call('DEL'), this.#dan),
    };
    return seconds[command];
  }

  async #killOnce(command: 'ADD' | 'DEL', seconds: number, at: number): Promise<readonly string[]> {
    const bench = this.#bench;
    const { host, call } = bench;
    const before = command === 'DEL' ? await this.#succeeds('ADD') : [];
    // What dan started goes on, except an IPAM plugin, or is killed with it, as when a cgroup is.
    const scope = at % 8 < 4 ? 'alone' : 'with its children';
    const answer = await callKilledAt(host, call(command), { seconds, scope, dan: this.#dan });
    this.killed += wasKilled(answer) ? 1 : 0;
    this.recorded += isRecorded(host) ? 1 : 0;
    const found = fileFaults(host);
    const detached = await this.#succeeds('DEL', this.#laterDel(at));
    removeEmptyLeases(host);
    return [...before, ...found, ...detached, ...(await bench.differences())];
  }

  // With and without a namespace and the result of ADD, under a configuration that has changed: every combination.
  #laterDel(at: number): Partial<Call> {
    const change = changes[at % changes.length]!;
    const given = at % 4 < 2 ? { prevResult: this.#previous } : {};
    const { config } = this.#bench.call('DEL', { ...change, ...given });
    return at % 4 === 0 || at % 4 === 3 ? { config, netns: '' } : { config };
  }

  async #succeeds(command: 'ADD' | 'DEL', more: Partial<Call> = {}): Promise<readonly string[]> {
    const { exitCode, stdout } = await this.#bench.run(command, more);
    return exitCode === 0 ? [] : [`${command} said: ${stdout}`];
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.trunc(numbers.length / 2)]!;
}
