import { isObject } from '../json/object.ts';
import type { Bandwidth, RateLimit } from '../model/bandwidth.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { type Key, type Keys, object, type Reader, whole } from './reader.ts';

/** The highest rate in bits a second: the highest number that all JSON readers read alike. */
const mostRate = Number.MAX_SAFE_INTEGER;

/** The highest burst in bits: the kernel counts the bytes of a burst in 32 bits (TCA_TBF_BURST). */
const mostBurst = 8 * 0xffff_ffff;

const rate = whole(0, mostRate, 'a number of bits a second');
const burst = whole(0, mostBurst, 'a number of bits');

const bandwidthKeys = {
  ingressRate: { value: rate, rule: 'bits a second to the pod; 0 or left out: no limit' },
  ingressBurst: { value: burst, rule: 'bits that pass at once to the pod; together with `ingressRate`' },
  egressRate: { value: rate, rule: 'bits a second from the pod; 0 or left out: no limit' },
  egressBurst: { value: burst, rule: 'bits that pass at once from the pod; together with `egressRate`' },
} as const satisfies Keys;

const given = object(bandwidthKeys);

/** Limits with the names, units and bounds of CNI's conventions and of its plugin `bandwidth`. */
const bandwidth: Reader<Bandwidth> = {
  ...given,
  read(value, faults) {
    const read = given.read(value, faults);
    if (read === undefined) return undefined;
    const ingress = limitOf('ingress', read.ingressRate, read.ingressBurst);
    const egress = limitOf('egress', read.egressRate, read.egressBurst);
    for (const one of [ingress, egress]) if (!one.ok) faults.push({ of: 'value', path: [], value, why: one.why });
    return {
      ...(ingress.ok && ingress.value !== undefined ? { ingress: ingress.value } : {}),
      ...(egress.ok && egress.value !== undefined ? { egress: egress.value } : {}),
    };
  },
};

/** The key of a configuration. */
export const bandwidthKey = {
  value: bandwidth,
  otherwise: 'that of `runtimeConfig`, otherwise no limit',
  rule: '[limits](guides/bandwidth.md) in bits, as CNI has them: `ingressRate` and `ingressBurst` to the pod, `egressRate` and `egressBurst` from the pod',
  example: { ingressRate: 100_000_000, ingressBurst: 1_600_000, egressRate: 100_000_000, egressBurst: 1_600_000 },
} as const satisfies Key<Bandwidth>;

function limitOf(direction: string, rate = 0, burst = 0): Parsed<RateLimit | undefined> {
  if (rate === 0 && burst === 0) return accept(undefined);
  if (burst === 0)
    return reject(`has "${direction}Rate" and no "${direction}Burst": say how many bits may pass at once`);
  if (rate === 0)
    return reject(`has "${direction}Burst" and no "${direction}Rate": say how many bits a second may pass`);
  return rate < 8
    ? reject(`has the "${direction}Rate" ${rate}, and 8 is the least: one byte a second`)
    : accept({ rate, burst });
}

const names = Object.keys(bandwidthKeys);

/** The value with its keys in dan's spelling. go-cni passes Go's field names, such as `IngressRate`. */
export function withKnownCase(value: unknown): unknown {
  if (!isObject(value)) return value;
  const known = (key: string): string => names.find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [known(key), one]));
}
