import { type CniError, protocolError } from '../protocol/error.ts';

/** The refusal of a network configuration; `text` names the key, the value and the rule. */
export function invalid(text: string): CniError {
  return protocolError('invalid-configuration', `in the network configuration, ${text}`);
}
