import { cidrText } from '../../src/model/cidr.ts';
import type { TakenDevice, TakenRoute } from '../../src/reader/verdict.ts';

type Answer = { readonly ok: object } | { readonly error: string };

/** The guest agent's answers about a device's neighbors and routes, one for each request, in the recordings' form. */
export function recordedAnswers({ neighbors, routes, guest, failures }: TakenDevice): {
  readonly neighbors: readonly Answer[];
  readonly routes: readonly Answer[];
} {
  const answerTo = (where: string, taken: object | undefined): Answer =>
    taken === undefined ? { error: String(failures.find((failure) => failure.where === where)?.why) } : { ok: taken };
  const of = <T extends { where: string }>({ where }: { where: string }, taken: readonly T[]): T | undefined =>
    taken.find((one) => one.where === where);
  return {
    neighbors: neighbors.map((sent) => {
      const taken = of(sent, guest.neighbors);
      return answerTo(sent.where, taken && { ip: taken.ip, lladdr: taken.mac, state: taken.state, flags: taken.flags });
    }),
    routes: routes.map((sent) => {
      const taken = of(sent, guest.routes);
      return answerTo(sent.where, taken && recordedRoute(taken));
    }),
  };
}

function recordedRoute({ dst, gw, flags, mtu, scope, source, from }: TakenRoute): object {
  const preferred = source === undefined ? null : `RTA_PREFSRC ${source.text}`;
  return {
    ...{ dst: cidrText(dst), family: dst.family, flags, gw: gw?.text ?? null, mtu, scope },
    src: from === undefined ? preferred : `RTA_SRC ${cidrText(from)}`,
  };
}
