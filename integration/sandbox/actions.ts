import fc from 'fast-check';
import type { Action } from './model.ts';
import { type Attachment, ifnames, type Network, networks, sandboxes } from './networks.ts';

const anyNetwork = fc.constantFrom(...(Object.keys(networks) as Network[]));

const anyAttachment: fc.Arbitrary<Attachment> = fc.record({
  network: anyNetwork,
  sandbox: fc.constantFrom(...sandboxes),
  ifname: fc.constantFrom(...ifnames),
});

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('ADD'), attachment: anyAttachment }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('DEL'),
      attachment: anyAttachment,
      configuration: fc.constantFrom('same', 'faulty'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('CHECK'), attachment: anyAttachment }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('GC'),
      network: anyNetwork,
      valid: fc.oneof(
        { weight: 4, arbitrary: fc.uniqueArray(anyAttachment, { maxLength: 4 }) },
        { weight: 1, arbitrary: fc.constantFrom(null, 'absent' as const) },
      ),
    }),
  },
);

/** A short history of a node. */
export const anyHistory: fc.Arbitrary<readonly Action[]> = fc.array(anyAction, { minLength: 1, maxLength: 10 });
