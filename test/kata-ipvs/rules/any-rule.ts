import fc from 'fast-check';
import type { Endpoint } from '../../../src/kata-ipvs/rules/endpoint.ts';
import { type Rule, schedulers } from '../../../src/kata-ipvs/rules/rule.ts';
import { type Family, parseIp } from '../../../src/model/ip.ts';

const endpoints = { 4: endpoint(4), 6: endpoint(6) };

function endpoint(family: Family): fc.Arbitrary<Endpoint> {
  const text = family === 4 ? fc.ipV4() : fc.ipV6();
  const ip = text.map(parseIp).filter((parsed) => parsed.ok);
  return fc.tuple(ip, fc.integer({ min: 1, max: 65_535 })).map(([{ value }, port]) => ({ ip: value, port }));
}

/** Any rule that can be written. */
export const anyRule: fc.Arbitrary<Rule> = fc.constantFrom<Family>(4, 6).chain((family) => {
  const protocol = fc.constantFrom('tcp' as const, 'udp' as const);
  const service = fc.record({ protocol, at: endpoints[family] });
  const server = endpoints[family];
  const seconds = fc.integer({ min: 0, max: 1_296_000 });
  return fc.oneof(
    fc.record({
      do: fc.constantFrom('add-service' as const, 'edit-service' as const),
      service,
      scheduler: fc.constantFrom(...schedulers),
      persistent: fc.integer({ min: 1, max: 2_678_400 }),
    }),
    fc.record(
      {
        do: fc.constantFrom('add-server' as const, 'edit-server' as const),
        service,
        server,
        weight: fc.integer({ min: 0, max: 65_535 }),
      },
      { requiredKeys: ['do', 'service', 'server'] },
    ),
    fc.record({ do: fc.constant('delete-service' as const), service }),
    fc.record({ do: fc.constant('delete-server' as const), service, server }),
    fc.record({ do: fc.constant('list' as const), service }, { requiredKeys: ['do'] }),
    fc.record({ do: fc.constant('set' as const), tcp: seconds, tcpfin: seconds, udp: seconds }),
  );
});
