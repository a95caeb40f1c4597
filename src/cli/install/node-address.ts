import { notUnicast, parseIp } from '../../model/ip.ts';
import { printable } from '../../command/printable.ts';
import { WrongUse } from '../../command/command.ts';

/** What stands in the text of a network configuration for the address of the node, which is another one on every node. */
export const placeholder = 'NODE_ADDRESS';

/** Addresses as somebody might give them, of the ranges that are for documentation. */
const examples = '192.0.2.1 or 2001:db8::1';

/**
 * Fills in the node's address, which the operator gave with `--node-address`, for each {@link placeholder}; a text that has
 * none stays as it is. Throws {@link WrongUse} for what is no address of a node, and where one is needed and not given.
 */
export function fillInNodeAddress(text: string, name: string, asked: string | undefined): string {
  const address = asked === undefined ? undefined : nodeAddress(asked);
  if (!text.includes(placeholder)) return text;
  if (address === undefined) {
    throw new WrongUse(
      `dan install: the configuration ${printable(name)} has ${placeholder} where this node’s own address has to be: give ` +
        `that with --node-address ADDRESS, like ${examples}`,
    );
  }
  return text.replaceAll(placeholder, address);
}

function nodeAddress(asked: string): string {
  const parsed = parseIp(asked);
  const fault = parsed.ok ? notUnicast(parsed.value) : parsed.why;
  if (parsed.ok && fault === undefined) return parsed.value.text;
  throw new WrongUse(
    `dan install: --node-address "${printable(asked)}" ${fault ?? ''}: give this node’s own address, like ${examples}`,
  );
}
