import { strictText, utf8 } from '#bytes';
import type { Stream } from '../host/stream.ts';
import { elementsIn, isObject, type JsonObject, numberIn, objectIn, objectOfText, stringIn } from '../json/object.ts';
import { Connection, largestAnswer } from './connection.ts';
import { garbled, quoted, refused } from './faults.ts';
import { backendsIn } from './hmp-answers.ts';
import type { QemuMonitor } from './qemu.ts';
import type { PciFunction } from './slots.ts';
import type { QemuStep } from './steps.ts';

/** Line feed. */
const newline = 10;

/** QEMU's machine protocol (docs/interop/qmp-spec of QEMU): JSON objects of each side in turn, and events. */
export class Qmp extends Connection implements QemuMonitor {
  /** Waits for the greeting, and enters command mode. */
  static async greet(socket: string, deadline: number, stream: Stream): Promise<Qmp> {
    const qmp = new Qmp(socket, deadline, stream);
    const greeting = await qmp.#message();
    if (!isObject(greeting['QMP'])) throw garbled(socket, `its greeting is ${quoted(JSON.stringify(greeting))}`);
    await qmp.#execute('qmp_capabilities', {});
    return qmp;
  }

  async run({ command, args }: QemuStep, files?: readonly number[]): Promise<void> {
    await this.#execute(command, args, files);
  }

  async devices(): Promise<readonly string[]> {
    const all = await this.#execute('qom-list', { path: '/machine/peripheral' });
    return elementsIn(all).flatMap((one) => {
      const { name, type } = objectIn(one);
      return stringIn(type)?.startsWith('child<') === true ? [stringIn(name) ?? ''] : [];
    });
  }

  // The protocol has no command that lists backends.
  async backends(): Promise<readonly string[]> {
    return backendsIn(stringIn(await this.#execute('human-monitor-command', { 'command-line': 'info network' })) ?? '');
  }

  async pci(): Promise<readonly PciFunction[]> {
    return functionsIn(await this.#execute('query-pci', {}));
  }

  // Answers come in the order of the commands, and there is only one command at a time.
  async #execute(command: string, args: JsonObject, files?: readonly number[]): Promise<unknown> {
    const message = utf8(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    this.stream.write(message, files);
    for (;;) {
      const answer = await this.#message();
      if ('return' in answer) return answer['return'];
      if ('error' in answer) {
        const said = stringIn(objectIn(answer['error'])['desc']) ?? JSON.stringify(answer['error']);
        throw refused(this.socket, JSON.stringify({ execute: command, arguments: args }), quoted(said));
      }
      if (!('event' in answer)) throw garbled(this.socket, `it says ${quoted(JSON.stringify(answer))}`);
    }
  }

  // An object is one line. With `qmp-pretty` it has several, and all but the first and the last are indented.
  async #message(): Promise<JsonObject> {
    let all = '';
    for (;;) {
      const line = await this.stream.takeThrough(newline, largestAnswer);
      const text = line && strictText(line);
      if (text === undefined || all.length > largestAnswer) throw garbled(this.socket, 'it sends no lines of text');
      all += text;
      const isWhole = all.startsWith('{') && (all === text ? text.trim() !== '{' : text.startsWith('}'));
      if (!isWhole && all.startsWith('{')) continue;
      const object = objectOfText(all);
      if (object === undefined) throw garbled(this.socket, `it says ${quoted(all)}`);
      return object;
    }
  }
}

/** The functions in the answer of `query-pci`, bridges before what is on their buses. Pure. */
export function functionsIn(answer: unknown): readonly PciFunction[] {
  return elementsIn(answer).flatMap((bus) => elementsIn(objectIn(bus)['devices']).flatMap(withBelow));
}

function withBelow(one: unknown): readonly PciFunction[] {
  const device = objectIn(one);
  const { vendor, device: product } = objectIn(device['id']);
  const bridge = device['pci_bridge'];
  const secondary = isObject(bridge) ? numberIn(objectIn(bridge['bus'])['secondary']) : undefined;
  const found = {
    bus: numberIn(device['bus']),
    slot: numberIn(device['slot']),
    id: stringIn(device['qdev_id']) ?? '',
    model: `${fourDigits(vendor)}:${fourDigits(product)}`,
    secondary,
  };
  return [found, ...elementsIn(objectIn(bridge)['devices']).flatMap(withBelow)];
}

function fourDigits(value: unknown): string {
  return numberIn(value).toString(16).padStart(4, '0');
}
