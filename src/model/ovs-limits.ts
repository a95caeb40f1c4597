import type { RateLimit } from './bandwidth.ts';

/** The policing of what arrives on an interface: columns of its row (ovs-vswitchd.conf.db(5), table Interface). */
export interface Policing {
  /** Kilobits a second. */
  readonly rate: number;
  /** Kilobits. */
  readonly burst: number;
}

/** A policer of what leaves a port: a row of the table QoS with the type `egress-policer`. */
export interface Policer {
  /** Bytes a second. */
  readonly cir: number;
  /** Bytes. */
  readonly cbs: number;
}

/** The type of a QoS that is a {@link Policer}. */
export const policerType = 'egress-policer';

/** The smallest rate in bits a second that {@link policingOf} can express. */
export const leastPolicedRate = 1000;

/** The policing that enforces a limit. The burst is rounded up, so that a frame that fits into it passes. */
export function policingOf({ rate, burst }: RateLimit): Policing {
  return { rate: Math.floor(rate / 1000), burst: Math.ceil(burst / 1000) };
}

/** The policer that enforces a limit. */
export function policerOf({ rate, burst }: RateLimit): Policer {
  return { cir: Math.floor(rate / 8), cbs: Math.ceil(burst / 8) };
}
