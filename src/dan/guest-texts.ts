import { cidrText } from '../model/cidr.ts';
import { danError, type DanErrorName, type Diagnosis, sentenceOf } from '../model/error.ts';
import { minimumMtu, minimumMtuForIpv6 } from '../model/mtu.ts';
import { linkScope } from '../model/route.ts';
import { type CniError, protocolError } from '../protocol/error.ts';
import type { GuestFault } from './guest.ts';

/** A fault in words, and the name of the error with which ADD refuses it. */
export interface GuestRefusal extends Diagnosis {
  readonly error: DanErrorName | 'invalid-configuration';
}

/** Puts a fault of what a guest gets into words. Pure. */
export function guestRefusal(fault: GuestFault): GuestRefusal {
  const { on, other, what, route } = fault;
  const routed = `the route to ${route === undefined ? what : cidrText(route.dst)}`;
  const [error, seen, cure] = ((): readonly [GuestRefusal['error'], string, string] => {
    const [invalid, notCarried] = ['invalid-configuration', 'not-carried-by-profile'] as const;
    const change = 'change one of them';
    const gateway = `${routed} has the gateway ${what}`;
    switch (fault.of) {
      case 'name-taken':
        return ['duplicate-in-sandbox', `the name "${what}" is taken by ${other.called}`, change];
      case 'mac-taken':
        return ['duplicate-in-sandbox', `the MAC ${what} is that of ${other.called}`, change];
      case 'address-taken':
        return other === on
          ? [invalid, `the address ${what} is given twice`, 'leave one out']
          : ['duplicate-in-sandbox', `the address ${what} is that of ${other.called}`, change];
      case 'neighbor-taken':
        return [invalid, `the neighbor ${what} is given twice`, 'leave one out'];
      case 'route-taken':
        return route?.dst.prefix === 0
          ? [
              'second-default-route',
              `${other.called} has a default route ${what} already, and a guest gets one`,
              'set "defaultRoute": false in the network whose default route is not wanted',
            ]
          : [
              'duplicate-route',
              `${other.called} has a route to ${what} already, and a guest gets one`,
              'leave one out',
            ];
      case 'subnet-taken':
        return [
          'duplicate-route',
          `${routed} would replace that of the guest's kernel to the subnet of ${other.called}`,
          'leave it out, or give it a shorter or longer prefix',
        ];
      case 'gateway-own':
        return [invalid, `${gateway}, which is the guest's own address`, "name the router's"];
      case 'gateway-broadcast':
        return [invalid, `${gateway}, which is the broadcast address of a subnet of the guest`, "name the router's"];
      case 'gateway-elsewhere':
        return [
          invalid,
          `${gateway} on ${on.called}, but the guest reaches that address through ${other.called}`,
          `give ${on.called} a route to the gateway alone, with "scope": ${linkScope}`,
        ];
      case 'gateway-behind':
        return [invalid, `${gateway}, which is behind another gateway`, 'name a router on the link'];
      case 'gateway-unreachable':
        return [invalid, `${gateway}, to which nothing leads`, 'name a router on the link'];
      case 'gateway-with-scope':
        return [invalid, `${gateway}, and scope ${route?.scope ?? 0} has none`, 'leave one of them out'];
      case 'host-bits':
        return [invalid, `${routed} has bits set behind the prefix`, 'clear them'];
      case 'source-foreign': {
        const own = on.addresses.map(({ text }) => text).join(', ');
        const why = `which is none of the guest's addresses (${own})`;
        return [notCarried, `${routed} has the source ${what}, ${why}`, 'name one of these'];
      }
      case 'source-tentative':
        return [
          notCarried,
          `${routed} has the source ${what}, which the guest's kernel refuses while the address is new`,
          'leave "source" out, and it chooses by itself',
        ];
      case 'mtu-small':
        return [notCarried, `the MTU is ${what}, and the least is ${minimumMtu}`, 'raise it'];
      case 'mtu-small-for-ipv6':
        return [
          'mtu-too-small-for-ipv6',
          `the MTU is ${what}, and IPv6 needs ${minimumMtuForIpv6}`,
          'raise "mtu", or leave IPv6 addresses, routes and neighbors out',
        ];
      case 'neighbor-flags':
        return [
          notCarried,
          `the neighbor ${what} would not be in the guest as it is given`,
          'of the flags, only 16 (external) and 128 (router) arrive there',
        ];
      case 'neighbor-incomplete':
        return [invalid, `the neighbor ${what} has no hardware address`, 'give it one'];
      default:
        return fault.of satisfies never;
    }
  })();
  return { error, seen, cure };
}

/** The errors with which ADD refuses faults. What two interfaces share is one error. */
export function guestErrors(faults: readonly GuestFault[]): readonly CniError[] {
  const refusals = faults.map(guestRefusal);
  const shared = refusals.filter(({ error }) => error === 'duplicate-in-sandbox');
  const others = refusals.filter((one) => !shared.includes(one));
  const [first] = shared;
  const seen = shared.map((one) => one.seen).join('; ');
  return [...(first === undefined ? [] : [{ ...first, seen }]), ...others].map(({ error, ...fault }) =>
    error === 'invalid-configuration' ? protocolError(error, sentenceOf(fault)) : danError(error, sentenceOf(fault)),
  );
}
