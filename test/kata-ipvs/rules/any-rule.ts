import fc from 'fast-check';
import { schedulers } from '../../../src/kata-ipvs/rules/rule.ts';
import { type Family, parseIp } from '../../../src/model/ip.ts';

/** Addresses with ports in ipvsadm's form. */
const endpoints = { 4: endpoint(4), 6: endpoint(6) };

function endpoint(family: Family): fc.Arbitrary<string> {
  const text = family === 4 ? fc.ipV4() : fc.ipV6();
  const ip = text.map(parseIp).filter((parsed) => parsed.ok);
  return fc
    .tuple(ip, fc.integer({ min: 1, max: 65_535 }))
    .map(([{ value }, port]) => (family === 4 ? `${value.text}:${port}` : `[${value.text}]:${port}`));
}

const upTo = (min: number, max: number) => fc.integer({ min, max }).map(String);

/** The words of a rule that adds a service. */
export const anyService: fc.Arbitrary<readonly string[]> = services('-A');

function services(...commands: readonly string[]): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(
      fc.constantFrom(...commands),
      fc.constantFrom('-t', '-u'),
      fc.oneof(endpoints[4], endpoints[6]),
      fc.constantFrom(...schedulers),
      upTo(1, 2_678_400),
    )
    .map(([command, protocol, at, scheduler, seconds]) => [command, protocol, at, '-s', scheduler, '-p', seconds]);
}

/** The words of any rule, in the form that ipvsadm gets. */
export const anyRule: fc.Arbitrary<readonly string[]> = fc.constantFrom<Family>(4, 6).chain((family) => {
  const service = fc.tuple(fc.constantFrom('-t', '-u'), endpoints[family]);
  const server = endpoints[family].map((text) => ['-r', text]);
  const weight = fc.oneof(
    fc.constant([]),
    upTo(0, 65_535).map((text) => ['-w', text]),
  );
  const seconds = upTo(0, 1_296_000);
  return fc.oneof(
    services('-A', '-E'),
    fc
      .tuple(fc.constantFrom('-a', '-e'), service, server, weight)
      .map(([command, at, to, how]) => [command, ...at, ...to, '-m', ...how]),
    service.map((at) => ['-D', ...at]),
    fc.tuple(service, server).map(([at, to]) => ['-d', ...at, ...to]),
    fc.oneof(
      fc.constant(['-L', '-n']),
      service.map((at) => ['-L', '-n', ...at]),
    ),
    fc.tuple(seconds, seconds, seconds).map((numbers) => ['--set', ...numbers]),
  );
});
