import { type DanErrorName, danErrors } from '../../../model/error.ts';
import { protocolErrors } from '../../../protocol/error.ts';
import type { Explanation } from '../explanation.ts';
import { configurationExplanations } from './of-configuration.ts';
import { linkExplanations } from './of-link.ts';
import { operationExplanations } from './of-operation.ts';
import { protocolExplanations } from './of-protocol.ts';
import { switchExplanations } from './of-switch.ts';

/** An error of dan's with what there is to say about it. */
export interface ErrorRow extends Explanation {
  /** Its stable name, which stands in brackets at the end of every message. */
  readonly name: string;
  readonly code: number;
}

const danExplanations: Record<DanErrorName, Explanation> = {
  ...configurationExplanations,
  ...operationExplanations,
  ...linkExplanations,
  ...switchExplanations,
};

const explanations: Readonly<Record<string, Explanation>> = { ...protocolExplanations, ...danExplanations };

/** Every error that dan gives, CNI's own first, in the order of their codes. */
export const errorRows: readonly ErrorRow[] = Object.entries({ ...protocolErrors, ...danErrors })
  .flatMap(([name, code]) => {
    const explanation = explanations[name];
    return explanation === undefined ? [] : [{ name, code, ...explanation }];
  })
  .sort((a, b) => a.code - b.code);
