import { danError } from '../../src/model/error.ts';
import type { QemuMonitor } from '../../src/monitor/qemu.ts';
import type { PciFunction } from '../../src/monitor/slots.ts';
import type { QemuStep } from '../../src/monitor/steps.ts';

/** The fault: QEMU refuses the request, or has ended. */
export type Fault = 'monitor-refused' | 'monitor-unreachable';

/** A QEMU that exists only in its monitor's answers. */
export class FakeMachine implements QemuMonitor {
  readonly socket = '/run/m.sock';
  deadline = performance.now() + 10_000;
  /** The requested steps, as `command name`. */
  readonly asked: string[] = [];
  readonly named = new Map<string, number>();
  readonly backendsThere = new Map<string, readonly number[]>();
  readonly cards = new Map<string, { readonly bus: number; readonly slot: number }>();
  /** Slots that somebody else takes as soon as they are requested. */
  taken = new Set<number>();
  /** The number of the request, from 1 on, at which the fault occurs. */
  faultAt = 0;
  fault: Fault = 'monitor-refused';
  /** The step that is refused, as in {@link FakeMachine.asked}. */
  refused = '';
  /** How many checks it takes until the guest has released the card. */
  patience = 1;
  readonly #leaving = new Map<string, number>();
  /** Backends that were removed while their card exists: QEMU lists them until it is gone, but does not find them. */
  readonly #lingering = new Set<string>();
  #requests = 0;

  run({ command, args }: QemuStep, files: readonly number[] = []): Promise<void> {
    const name = String(args['fdname'] ?? args['id']);
    this.asked.push(`${command} ${name}`);
    return this.#answer(() => {
      const refuse = (why: string): never => {
        throw danError('monitor-refused', why);
      };
      if (this.asked.at(-1) === this.refused) refuse('on purpose');
      switch (command) {
        case 'getfd':
          this.named.set(name, files[0] ?? refuse('no file'));
          break;
        case 'closefd':
          if (!this.named.delete(name)) refuse('not found');
          break;
        case 'netdev_add': {
          const names = String(args['fds']).split(':');
          if (this.backendsThere.has(name)) refuse('duplicate');
          this.backendsThere.set(
            name,
            names.map((one) => this.named.get(one) ?? refuse('no such file')),
          );
          for (const one of names) this.named.delete(one);
          break;
        }
        case 'device_add': {
          const slot = Number(args['addr']);
          if (this.taken.has(slot)) this.cards.set(`kata-${slot}`, { bus: 1, slot });
          if ([...this.cards.values()].some((one) => one.slot === slot)) refuse('in use');
          this.cards.set(name, { bus: 1, slot });
          break;
        }
        case 'device_del':
          if (!this.cards.has(name)) refuse('not found');
          if (this.#leaving.has(name)) refuse(`Device ${name} is already in the process of unplug`);
          this.#leaving.set(name, this.patience);
          break;
        case 'netdev_del':
          if (!this.backendsThere.delete(name)) refuse('not found');
          if (this.cards.has(name)) this.#lingering.add(name);
      }
    });
  }

  devices(): Promise<readonly string[]> {
    return this.#answer(() => {
      for (const [id, left] of this.#leaving) {
        if (left <= 0) {
          this.#leaving.delete(id);
          this.cards.delete(id);
          this.#lingering.delete(id);
        } else this.#leaving.set(id, left - 1);
      }
      return ['pci-bridge-0', ...this.cards.keys()];
    });
  }

  backends(): Promise<readonly string[]> {
    return this.#answer(() => ['network-tap0', ...this.backendsThere.keys(), ...this.#lingering]);
  }

  pci(): Promise<readonly PciFunction[]> {
    return this.#answer(() => [
      { bus: 0, slot: 2, id: 'pci-bridge-0', model: '1b36:0001', secondary: 1 },
      ...[...this.cards].map(([id, place]) => ({ ...place, id, model: '1af4:1000' })),
    ]);
  }

  close(): void {
    this.asked.push('close');
  }

  /** The number of requests so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Whether it has nothing of dan's. */
  get isClean(): boolean {
    const cards = [...this.cards.keys()].filter((id) => id.startsWith('dan-'));
    return this.named.size === 0 && this.backendsThere.size === 0 && cards.length === 0;
  }

  #answer<T>(work: () => T): Promise<T> {
    this.#requests += 1;
    if (this.#requests === this.faultAt) return Promise.reject(danError(this.fault, 'on purpose'));
    return new Promise((resolve) => {
      resolve(work());
    });
  }
}
