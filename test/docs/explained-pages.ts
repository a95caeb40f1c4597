import { errorRows, messageRows } from '../../src/cli/explain/texts.ts';
import { wrap } from '../../src/cli/text/wrap.ts';

/** Columns of a line of the documentation. */
const width = 120;

/** `docs/errors.md`, from the table that `dan explain` answers from. */
export function errorsPage(): string {
  const head = [
    '# Errors',
    'A failure prints one JSON document on stdout: `cniVersion`, `code`, `msg`, and `details` if there is more to ' +
      'read, such as steps that could not be taken back. The stable name of the error is in brackets at the end of ' +
      '`msg`. Codes up to 99 and 999 are CNI’s; from 100 on they are `dan`’s own.',
    '`dan explain CODE|NAME|TEXT` prints the same. Messages of other programs that point at the network of a pod are in ' +
      '[troubleshooting](troubleshooting.md).',
  ];
  const sections = errorRows.flatMap(({ name, code, ...explanation }) => [`## ${name} (${code})`, prose(explanation)]);
  return page([...head, ...sections]);
}

/** `docs/troubleshooting.md`, from the table of messages of others that `dan explain` knows. */
export function troubleshootingPage(): string {
  const head = [
    '# Troubleshooting by message',
    'Messages of Kata, containerd, libcni and the kubelet that point at the network of a pod, the most helpful first. ' +
      'Each program puts its own message around the one it got: look for the innermost. `...` stands for what differs.',
    '`dan explain` finds them in any text, such as a whole event of a pod:',
    '```\nkubectl describe pod my-pod | dan explain -\n```',
    'Behind another plugin, a pod may start and lack something that the plugin made: [the pod’s namespace](pod-namespace.md) ' +
      'has what reaches a guest, and of what the log warns.',
    'An error of `dan` itself has its name in brackets at the end; [errors](errors.md) has them all. If a pod does not ' +
      'start and no message says why, `dan doctor` checks the node.',
  ];
  const sections = messageRows.flatMap(({ name, from, says, ...explanation }) => [
    `## ${name}`,
    `${from.charAt(0).toUpperCase()}${from.slice(1)} says:`,
    ['```', ...says, '```'].join('\n'),
    prose(explanation),
  ]);
  return page([...head, ...sections]);
}

function prose({ meaning, cause, cure }: { meaning: string; cause: string; cure: string }): string {
  return `${meaning} **Cause:** ${cause} **Cure:** ${cure}`;
}

function page(parts: readonly string[]): string {
  const wrapped = parts.map((part) => (/^(#|```)/.test(part) ? part : wrap(part, width)));
  return `${wrapped.join('\n\n')}\n`;
}
