import { shellWord } from '../../command/shell-word.ts';
import { lastingPath } from '../../attach/directories.ts';
import { recordPath } from '../../attach/record.ts';
import type { PlannedTask } from '../../attach/add/task.ts';
import { cardId } from '../../hotplug/recorded.ts';
import { nameOf, recordedKindOf } from '../../kinds/kinds.ts';
import { driverLines, functionLine } from '../../host/function-text.ts';
import { type Step, stepOf } from '../../host/operation-text.ts';
import { portCommands } from '../../host/ovs.ts';
import { podNetns } from '../../host/site.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { isOfKernel, type Operation } from '../../model/operation.ts';
import type { OvsPort } from '../../model/ovs.ts';

/** One step of an ADD. A command is a shell line, which the program for Node runs as part of a batch. */
export type PlannedStep =
  | { readonly do: 'ask'; readonly plugin: string }
  | { readonly do: 'make'; readonly path: string; readonly what: string }
  /** Plugs a card into a running sandbox's virtual machine, through its monitor. The agent then sets the card up. */
  | { readonly do: 'plug'; readonly card: string; readonly sandbox: string; readonly monitor: string }
  | { readonly do: 'run'; readonly command: string }
  | { readonly do: 'write'; readonly path: string; readonly what: string };

/** The steps of an ADD, in order. */
export function stepsOf({ config, file, request, plan, guest, names }: PlannedTask): readonly PlannedStep[] {
  const { device, operations } = plan;
  const kind = recordedKindOf(device);
  const takes = kind.takes(device);
  const memory = takes === undefined ? '' : `, with all that it takes from ${takes.link}`;
  const { netns } = request.environment;
  return [
    { do: 'write', path: recordPath(nameOf(device)), what: `the record, which DEL needs${memory}` },
    ...(kind.function(device) === undefined ? [] : [lastingStep(nameOf(device))]),
    ...(config.ipamType === undefined ? [] : [{ do: 'ask', plugin: config.ipamType } as const]),
    ...operations.flatMap((operation) =>
      commandsOf(operation, netns).map((command): PlannedStep => ({ do: 'run', command })),
    ),
    ...kind.makes(device).map(({ path, what }): PlannedStep => ({ do: 'make', path, what })),
    ...(guest === undefined
      ? []
      : [{ do: 'plug', card: cardId(names), sandbox: guest.sandbox, monitor: guest.door.socket } as const]),
    { do: 'write', path: file, what: 'the DAN file, with this entry at its end' },
  ];
}

function lastingStep(link: InterfaceName): PlannedStep {
  return { do: 'write', path: lastingPath(link), what: 'a copy of the record, for when /run is emptied' };
}

/** An operation as shell lines. */
export function commandsOf(operation: Operation, netns: string): readonly string[] {
  if (isOfKernel(operation)) return [kernelCommand(stepOf(operation), netns)];
  switch (operation.op) {
    case 'ovs-port-add':
      return [ovsCommand(operation.port)];
    case 'driver-bind':
      return driverLines(operation);
    case 'function-set':
      return operation.changes.map((change) => `ip ${functionLine(operation.link, operation.number, change)}`);
    default:
      return operation satisfies never;
  }
}

function kernelCommand(step: Step, netns: string): string {
  const enter = step.in === 'pod' ? `nsenter --net=${shellWord(netns)} -- ` : '';
  if (step.by !== 'sysctl') return `${enter}${step.by} ${step.line.replaceAll(podNetns, shellWord(netns))}`;
  return step.in === 'pod' ? `echo ${step.value} | ${enter}tee ${step.path}` : `echo ${step.value} > ${step.path}`;
}

function ovsCommand(port: OvsPort): string {
  const words = portCommands(port).flatMap((command) => ['--', ...command]);
  return ['ovs-vsctl', `--db=${port.database}`, ...words].map(shellWord).join(' ');
}
