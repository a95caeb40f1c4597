/** How fast frames may pass in one direction. */
export interface RateLimit {
  /** Bits a second, at least 8. */
  readonly rate: number;
  /** Bits that may pass at once, whatever the rate. */
  readonly burst: number;
}

/** The limits of an interface, from the pod's point of view as in CNI; a direction that is left out has none. */
export interface Bandwidth {
  /** To the pod. */
  readonly ingress?: RateLimit;
  /** From the pod. */
  readonly egress?: RateLimit;
}

/** A token bucket filter (tc-tbf(8)). */
export interface TokenBucket {
  /** Bytes a second. */
  readonly rate: number;
  /** Bytes of frames that pass at once; a larger frame never passes. */
  readonly burst: number;
  /** Bytes of frames that wait. */
  readonly limit: number;
}

/** Seconds for which frames wait that come faster than the rate; tc's word is latency. CNI's plugin has the same. */
const latency = 0.025;

/**
 * Bytes of a burst for which frames may wait besides. A runtime that is told only a rate asks for a burst of half a
 * gigabyte: at 8 Mbit/s, a queue of that size would keep frames for nine minutes, in the node's memory.
 */
const mostWaiting = 256 * 1024;

/** The filter that keeps a limit. */
export function tokenBucketOf({ rate, burst }: RateLimit): TokenBucket {
  const [bytes, burstBytes] = [Math.floor(rate / 8), Math.floor(burst / 8)];
  const limit = Math.floor(bytes * latency) + Math.min(burstBytes, mostWaiting);
  return { rate: bytes, burst: burstBytes, limit: Math.min(limit, 0xffff_ffff) };
}

/** Bytes of an Ethernet header, which counts as part of a frame. */
const headerLength = 14;

/** The least burst, in bits, with which a frame of an MTU in bytes passes. */
export function leastBurst(mtu: number): number {
  return (mtu + headerLength) * 8;
}

/** Whether somebody asks for a limit of either direction. */
export function limitsAny({ ingress, egress }: Bandwidth): boolean {
  return ingress !== undefined || egress !== undefined;
}
