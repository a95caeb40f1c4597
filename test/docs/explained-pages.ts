import { errorRows, messageRows } from '../../src/cli/explain/texts.ts';
import { wrap } from '../../src/cli/text/wrap.ts';

/** Columns of a line of the documentation. */
const width = 120;

/** `docs/errors.md`, from the table that `dan explain` uses. */
export function errorsPage(): string {
  const head = [
    '# Errors',
    'This page is for operators who see an error of `dan`. Find its name, which is in brackets at the end of the message, ' +
      'or run `dan explain CODE|NAME|TEXT`, which prints the same text. For messages of other programs about the network ' +
      'of a pod, see [troubleshooting](troubleshooting.md).',
    'If a call fails, `dan` prints one JSON document on stdout: `cniVersion`, `code`, `msg`, and `details` if there is ' +
      'more to read, such as steps that could not be undone. Codes up to 99 and 999 are CNI’s; from 100 on they are ' +
      '`dan`’s own.',
  ];
  const sections = errorRows.flatMap(({ name, code, ...explanation }) => [`## ${name} (${code})`, prose(explanation)]);
  return page([...head, ...sections]);
}

/** `docs/troubleshooting.md`, from the table of other programs’ messages that `dan explain` knows. */
export function troubleshootingPage(): string {
  const head = [
    '# Troubleshooting by message',
    'This page is for operators whose pod does not start. It lists messages of the kernel, Kata, containerd, libcni and ' +
      'the kubelet about the network of a pod, the most specific first. Each program wraps the message that it got in ' +
      'its own, so look for the innermost. `...` stands for text that differs.',
    '`dan explain` finds these messages in any text, such as a whole event of a pod:',
    '```\nkubectl describe pod my-pod | dan explain -\n```',
    'An error of `dan` itself has its name in brackets at the end: see [errors](errors.md). If no message says why the pod ' +
      'does not start, run `dan doctor`, which checks the node.',
    'If a pod behind another plugin starts but lacks something that the plugin made, see ' +
      '[the pod’s namespace](pod-namespace.md): it says what reaches a guest, and what the log warns about.',
    'If an interface does not get into a sandbox that runs, the error says whether the virtual machine monitor ' +
      '(`monitor-...`), the agent in the guest (`agent-...`) or Kata’s configuration (`no-monitor`) is the reason. See ' +
      '[interfaces for a sandbox that runs](guides/hot-plug.md).',
  ];
  const sections = messageRows.flatMap(({ name, from, says, ...explanation }) => [
    `## ${name}`,
    `${from === 'dan' ? '`dan`' : from.charAt(0).toUpperCase() + from.slice(1)} says:`,
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
