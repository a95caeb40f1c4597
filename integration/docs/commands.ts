/**
 * A step of a block of commands: a command for another system, one for the whole machine, or a script for the node's
 * shell.
 */
export type Step =
  | { readonly for: 'kubectl'; readonly words: readonly string[] }
  | { readonly for: 'systemctl' }
  | { readonly for: 'machine'; readonly hugePages: number }
  | { readonly for: 'shell'; readonly script: string };

/** The steps of a block, in order. A line that ends in a backslash continues in the next one. */
export function stepsOf(text: string): readonly Step[] {
  const steps: Step[] = [];
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    const [first, ...words] = line.trim().split(/\s+/);
    const last = steps.at(-1);
    const [, hugePages] = /^sysctl .*vm\.nr_hugepages=(\d+)$/.exec(line) ?? [];
    if (first === 'kubectl') steps.push({ for: 'kubectl', words });
    else if (first === 'systemctl') steps.push({ for: 'systemctl' });
    else if (hugePages !== undefined) steps.push({ for: 'machine', hugePages: Number(hugePages) });
    else if (last?.for === 'shell') steps[steps.length - 1] = { for: 'shell', script: `${last.script}\n${line}` };
    else steps.push({ for: 'shell', script: line });
  }
  return steps;
}
