import { isObject } from '../json/object.ts';
import { type Check, fits, like, listOf, maybe, one, type Shape, text, whole } from '../json/shape.ts';
import type { DerivedNames } from '../model/identity.ts';
import { parseInterfaceName } from '../model/interface-name.ts';
import { parseMac } from '../model/mac.ts';
import { parseMtu } from '../model/mtu.ts';
import { parseOvsDatabase, portNames, proofKey } from '../model/ovs.ts';
import { parseQueuePairs } from '../model/queues.ts';
import { parseSocketPath } from '../model/socket-path.ts';
import type { OwnLink } from './device.ts';
import { ownLink } from './tap.ts';

/** Checks a recorded link, which must have the derived values. */
export function recordedLink({ in: where, name, altname, alias }: OwnLink): Check {
  return like({ in: one(where), name: one(name), altname: one(altname), alias: one(alias) });
}

/** The checks of any recorded tap. */
export function recordedTap(tap: OwnLink): Shape {
  return {
    tap: recordedLink(tap),
    mac: fits(parseMac),
    mtu: fits(parseMtu),
    queuePairs: fits(parseQueuePairs),
    owner: maybe(whole()),
    group: maybe(whole()),
  };
}

const vlanId = whole(1, 4094);

/** The checks of a recorded port's VLANs. */
const recordedVlans = { vlan: maybe(vlanId), trunk: maybe(listOf(like({ first: vlanId, last: vlanId }))) };

const bits = whole(8, Number.MAX_SAFE_INTEGER);
const recordedLimit = maybe(like({ rate: bits, burst: bits }));

/** Checks the recorded limits. */
export const recordedBandwidth = maybe(like({ ingress: recordedLimit, egress: recordedLimit }));

/** Checks a recorded port, which must have a derived name and the proof. */
export function recordedPort({ link, altname }: DerivedNames): Check {
  return maybe(
    like({
      database: fits(parseOvsDatabase),
      bridge: text,
      datapath: one('system', 'netdev'),
      name: one(...portNames(link)),
      externalIds: (ids) => isObject(ids) && ids[proofKey] === altname && Object.values(ids).every(text),
      ...recordedVlans,
      vhostUser: maybe(
        like({
          path: fits(parseSocketPath),
          mtu: fits(parseMtu),
          queuePairs: fits(parseQueuePairs),
          bandwidth: recordedBandwidth,
        }),
      ),
    }),
  );
}

/** The checks of a recorded tap on the host. */
export function recordedHostTap(names: DerivedNames): Shape {
  return {
    ...recordedTap(ownLink(names, 'host')),
    bridge: maybe(text),
    port: recordedPort(names),
    ...recordedVlans,
    hairpin: maybe(one(true)),
    bandwidth: recordedBandwidth,
    ifb: maybe(recordedLink(ownLink(names, 'host', 'i'))),
    veth: maybe(
      like({ host: recordedLink(ownLink(names, 'host', 'h')), port: recordedLink(ownLink(names, 'host', 'p')) }),
    ),
    cookie: maybe(one(names.cookie)),
    chosenName: maybe(fits(parseInterfaceName)),
  };
}
