import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seed } from '../../../integration/harness/seed.ts';
import { toAddressAnswer, toNeighbor } from '../../../src/host/netlink/addresses.ts';
import { linkAnswers, mtuOfPort, toCounters, toIndex } from '../../../src/host/netlink/links.ts';
import { decode, endingOf, type Message } from '../../../src/host/netlink/message.ts';
import { isFailure } from '../../../src/host/netlink/refusal.ts';
import { placeOfRoute, routeKey, toRoute } from '../../../src/host/netlink/routes.ts';
import { toIngress, toIngressDiscipline } from '../../../src/host/netlink/traffic-control.ts';
import { toPodView } from '../../../src/host/netlink/view.ts';
import { toVlans } from '../../../src/host/netlink/vlans.ts';
import { type Damage, anyDamage, damaged } from '../../../integration/fuzz/mutate.ts';
import fixture from './fixtures/reads.json' with { type: 'json' };

const soaked = process.env['DAN_SOAK'] !== undefined;

const answers = fixture.cases.flatMap(({ heard }) => heard).map((digits) => Buffer.from(digits, 'hex'));

/** Numbers for the length of a message or an attribute, and for its type. */
const anyNumber = fc.record({
  at: fc.nat({ max: 999 }),
  value: fc.constantFrom(0, 1, 3, 4, 5, 15, 16, 17, 0x7fff, 0xffff),
});
const anyAnswer = fc.record({
  answer: fc.nat({ max: answers.length - 1 }),
  damages: fc.array(anyDamage, { maxLength: 3 }),
  numbers: fc.array(anyNumber, { maxLength: 3 }),
});

/** Everything that is read from answers, whatever the request was. */
const readers: readonly ((messages: readonly Message[]) => unknown)[] = [
  (messages) => toPodView({ links: messages, addresses: messages, routes: messages, neighbors: messages }, 'eth0'),
  (messages) => linkAnswers(messages),
  (messages) => messages.map(endingOf),
  ...[toIndex, toCounters, toAddressAnswer, toIngressDiscipline, placeOfRoute, routeKey].map(
    (one) => (messages: readonly Message[]) => messages.map((message) => one(message)),
  ),
  (messages) =>
    messages.map((one) => [mtuOfPort(one, 7), toVlans(one, 7), toNeighbor(one, String), toRoute(one, String)]),
  (messages) => toIngress(messages, messages, String),
];

it(`answers of the kernel that are cut, changed or lengthened are read, or refused by name (DAN_SEED=${seed})`, () => {
  fc.assert(
    fc.property(anyAnswer, ({ answer, damages, numbers }) => {
      const bytes = Buffer.from(damaged(answers[answer] ?? Buffer.alloc(0), damages as readonly Damage[]));
      for (const { at, value } of numbers) {
        if (bytes.length >= 4) bytes.writeUInt16LE(value, 2 * Math.floor(((bytes.length - 2) * at) / 2000));
      }
      const messages = decode(bytes);
      expect(messages.length).toBeLessThanOrEqual(bytes.length / 16);
      for (const read of readers) {
        try {
          read(messages);
        } catch (error) {
          // A RangeError for missing bytes means that the kernel did not answer.
          if (!(error instanceof RangeError) || !isFailure(error)) throw error;
        }
      }
    }),
    { seed, numRuns: soaked ? 2000 : 300, plugins: [fc.interruptAfterTimeLimit(60_000, { failOnInterrupt: true })] },
  );
});

it('what ends before what it should tell is a failure of the kernel, whatever the error has beside its class', () => {
  expect(isFailure(new RangeError('offset 4 is out of range'))).toBe(true);
  expect(isFailure(new TypeError('not a function'))).toBe(false);
});
