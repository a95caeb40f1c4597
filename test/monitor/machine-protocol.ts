import type { QemuStep } from '../../src/monitor/steps.ts';
import type { FakeMachine } from './fake-machine.ts';

// A machine that exists only in its monitor's answers, in QEMU's machine protocol.

/** A command of the machine protocol. */
export interface Command {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, boolean | number | string>>;
}

/** The greeting for a new client. */
export const greeting = '{"QMP": {"version": {}, "capabilities": []}}\r\n';

/** The answer of a machine to a command, as a line. */
export async function answerOf(machine: FakeMachine, command: Command): Promise<string> {
  try {
    return lineOf({ return: await done(machine, command) });
  } catch (error) {
    return refusalOf((error as Error).message);
  }
}

/** A refusal of a command, as a line. */
export function refusalOf(why: string): string {
  return lineOf({ error: { class: 'GenericError', desc: why } });
}

function lineOf(answer: object): string {
  return `${JSON.stringify(answer)}\r\n`;
}

async function done(machine: FakeMachine, { execute, arguments: args }: Command): Promise<unknown> {
  switch (execute) {
    case 'qmp_capabilities':
      return {};
    case 'qom-list':
      return (await machine.devices()).map((name) => ({ name, type: 'child<device>' }));
    case 'human-monitor-command':
      return (await machine.backends()).map((id) => `${id}: index=0,type=tap,fd=9\r\n`).join('');
    case 'query-pci': {
      const devices = (await machine.pci()).map(({ bus, slot, id, model, secondary }) => {
        const [vendor, device] = model.split(':').map((digits) => Number.parseInt(digits, 16));
        const bridge = secondary === undefined ? {} : { pci_bridge: { bus: { secondary } } };
        return { bus, slot, qdev_id: id, id: { vendor, device }, ...bridge };
      });
      return [{ bus: 0, devices }];
    }
    default:
      // The received descriptor is not used; its presence is enough.
      await machine.run({ command: execute as QemuStep['command'], args }, [1]);
      return {};
  }
}
