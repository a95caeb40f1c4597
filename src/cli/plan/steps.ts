import { recordPath } from '../../attach/record.ts';
import type { Surroundings } from '../../attach/add/allocate.ts';
import type { Task } from '../../attach/add/task.ts';
import { type Device, nameOf } from '../../kinds/kinds.ts';
import { type Step, stepOf } from '../../host/iproute/batch-lines.ts';
import { portCommands } from '../../host/ovs.ts';
import { podNetns } from '../../host/site.ts';
import type { Operation } from '../../model/operation.ts';
import type { OvsPort } from '../../model/ovs.ts';
import { dirname } from '../../model/path.ts';

/** One thing that an ADD does. A command is a line for a shell, as the program for Node runs it in a batch. */
export type PlannedStep =
  | { readonly do: 'ask'; readonly plugin: string }
  | { readonly do: 'make'; readonly path: string; readonly what: string }
  | { readonly do: 'run'; readonly command: string }
  | { readonly do: 'write'; readonly path: string; readonly what: string };

/** What an ADD does, in order. */
export function stepsOf(task: Task, { plan }: Surroundings): readonly PlannedStep[] {
  const { config, file, request } = task;
  const { device, operations } = plan;
  const memory = device.kind === 'macvtap' ? `, with all that it takes from ${device.master}` : '';
  return [
    { do: 'write', path: recordPath(nameOf(device)), what: `the record, which DEL goes by${memory}` },
    ...(config.ipamType === undefined ? [] : [{ do: 'ask', plugin: config.ipamType } as const]),
    ...operations.map(
      (operation) => ({ do: 'run', command: commandOf(operation, request.environment.netns) }) as const,
    ),
    ...madeBy(device),
    { do: 'write', path: file, what: 'the DAN file, with this entry at its end' },
  ];
}

/** An operation as a line for a shell. */
export function commandOf(operation: Operation, netns: string): string {
  return operation.op === 'ovs-port-add' ? ovsCommand(operation.port) : kernelCommand(stepOf(operation), netns);
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

function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

// What of a device is neither link nor port.
function madeBy(device: Device): readonly PlannedStep[] {
  switch (device.kind) {
    case 'host-tap':
    case 'tcfilter':
      return [];
    case 'macvtap':
      return [{ do: 'make', path: device.node, what: 'the device node that the virtual machine opens' }];
    case 'vhost-user':
      return [
        {
          do: 'make',
          path: dirname(device.path),
          what: 'the directory of the socket, with mode 0750, if it is missing',
        },
      ];
    default:
      return device satisfies never;
  }
}
