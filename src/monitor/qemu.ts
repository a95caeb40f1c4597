import { isRefusal, refused } from './faults.ts';
import { type Monitor, type NicToPlug, ownPrefix, type PluggedNic } from './monitor.ts';
import { untilReleased } from './released.ts';
import { freePlaces, isSamePlace, type PciFunction, type Place, placeOf } from './slots.ts';
import {
  addBackend,
  addCard,
  closeDescriptor,
  nameDescriptor,
  type QemuStep,
  removeBackend,
  removeCard,
} from './steps.ts';

/** One of QEMU's two monitors, connected. Throws `monitor-refused` for QEMU's own errors. */
export interface QemuMonitor {
  readonly socket: string;
  /** When every call ends at the latest: milliseconds of `system.now()`. */
  readonly deadline: number;
  /** Runs a step, with files that are sent along. */
  run(step: QemuStep, files?: readonly number[]): Promise<void>;
  /** The ids of the devices that were added by a command. */
  devices(): Promise<readonly string[]>;
  /** The ids of the network backends. */
  backends(): Promise<readonly string[]>;
  /** The functions on the guest's PCI. */
  pci(): Promise<readonly PciFunction[]>;
  close(): void;
}

/** QEMU's error for a card that the guest was already asked to release, and has not released yet (`qmp_device_del`). */
const alreadyAsked = 'already in the process of unplug';

/** QEMU, through either of its monitors. */
export class Qemu implements Monitor {
  readonly #monitor: QemuMonitor;

  constructor(monitor: QemuMonitor) {
    this.#monitor = monitor;
  }

  async plug(nic: NicToPlug): Promise<PluggedNic> {
    const { id, queues } = nic;
    await this.unplug(id);
    try {
      for (const [index, queue] of queues.entries()) await this.#monitor.run(nameDescriptor(index), [queue]);
      await this.#monitor.run(addBackend(id, queues.length));
    } catch (error) {
      if (isRefusal(error)) await this.#closeDescriptors();
      throw error;
    }
    try {
      return { id, ...(await this.#plugIn(nic)) };
    } catch (error) {
      if (isRefusal(error)) await this.#monitor.run(removeBackend(id));
      throw error;
    }
  }

  // The backend is removed first: QEMU then closes the tap at once, whether or not the guest releases the card.
  async unplug(id: string): Promise<void> {
    const hasBackend = (await this.#monitor.backends()).includes(id);
    const refusal = hasBackend ? await this.#refusalOf(removeBackend(id)) : undefined;
    if (await this.#has(id)) await this.#remove(id);
    // A backend that was removed while its card exists is still listed, but refused as missing, until the card is gone.
    if (refusal !== undefined && (await this.#monitor.backends()).includes(id)) throw refusal;
    await this.#closeDescriptors();
  }

  async holds({ id, bus, slot, devicePath }: PluggedNic): Promise<boolean> {
    const at = placeOf(id, await this.#monitor.pci());
    return at?.bus === bus && at?.slot === slot && at.devicePath === devicePath;
  }

  async ids(): Promise<readonly string[]> {
    const all = [...(await this.#monitor.devices()), ...(await this.#monitor.backends())];
    return [...new Set(all)].filter((id) => id.startsWith(ownPrefix)).sort();
  }

  close(): void {
    this.#monitor.close();
  }

  // Kata may take a place at any time, through its own monitor, so the state that QEMU reports afterwards decides.
  async #plugIn({ id, mac, queues }: NicToPlug): Promise<Place> {
    const tried: Place[] = [];
    for (;;) {
      const free = freePlaces(await this.#monitor.pci());
      const place = free.find((one) => !tried.some((other) => isSamePlace(one, other)));
      if (place === undefined) {
        throw refused(this.#monitor.socket, `${id} a place`, noPlace(tried.length > 0));
      }
      tried.push(place);
      try {
        await this.#monitor.run(addCard(id, mac, queues.length, place));
        return place;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const isStillFree = freePlaces(await this.#monitor.pci()).some((one) => isSamePlace(one, place));
        if (isStillFree) throw error;
      }
    }
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.#monitor.run(removeCard(id));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!(await this.#has(id))) return;
      if (!error.message.includes(alreadyAsked)) throw error;
    }
    const { socket, deadline } = this.#monitor;
    await untilReleased(async () => !(await this.#has(id)), { id, socket, deadline });
  }

  async #refusalOf(step: QemuStep): Promise<Error | undefined> {
    try {
      await this.#monitor.run(step);
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
  }

  async #has(id: string): Promise<boolean> {
    return (await this.#monitor.devices()).includes(id);
  }

  // Closes all that there are. They are numbered, and a process that was killed between naming and using them left the
  // first ones.
  async #closeDescriptors(): Promise<void> {
    try {
      for (let index = 0; ; index += 1) await this.#monitor.run(closeDescriptor(index));
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
}

function noPlace(wasTaken: boolean): string {
  return wasTaken
    ? 'each place that was free was taken meanwhile; try again'
    : 'no PCI bridge of its machine has a free slot; raise default_bridges of Kata’s configuration, at most to 5';
}
