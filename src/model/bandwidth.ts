/** How fast frames may pass in one direction. */
export interface RateLimit {
  /** Bits a second, at least 8. */
  readonly rate: number;
  /** Bits that may pass at once, regardless of the rate. */
  readonly burst: number;
}

/** The limits of an interface, from the pod's point of view as in CNI. A direction that is left out has no limit. */
export interface Bandwidth {
  /** To the pod. */
  readonly ingress?: RateLimit;
  /** From the pod. */
  readonly egress?: RateLimit;
}

/** A token bucket filter (tc-tbf(8)). */
export interface TokenBucket {
  /** Bytes of frames that pass at once. A larger frame never passes. */
  readonly rate: number;
  /** Bytes of frames that pass at once; a larger frame never passes. */
  readonly burst: number;
  /** Bytes of frames that can wait. */
  readonly limit: number;
}

/** Seconds that frames above the rate may wait (tc calls this latency). CNI's bandwidth plugin uses the same value. */
const latency = 0.025;

/**
 * Bytes of the burst that may wait in addition. If a runtime is given only a rate, it asks for a burst of half a
 * gigabyte. At 8 Mbit/s, a queue of that size would hold frames for nine minutes, in the node's memory.
 */
const mostWaiting = 256 * 1024;

/** The filter that enforces a limit. */
export function tokenBucketOf({ rate, burst }: RateLimit): TokenBucket {
  const [bytes, burstBytes] = [Math.floor(rate / 8), Math.floor(burst / 8)];
  const limit = Math.floor(bytes * latency) + Math.min(burstBytes, mostWaiting);
  return { rate: bytes, burst: burstBytes, limit: Math.min(limit, 0xffff_ffff) };
}

/** Bytes of an Ethernet header, which counts as part of a frame. */
const headerLength = 14;

/** The smallest burst, in bits, that lets a frame of this MTU (in bytes) pass. */
export function leastBurst(mtu: number): number {
  return (mtu + headerLength) * 8;
}

/** Whether either direction has a limit. */
export function limitsAny({ ingress, egress }: Bandwidth): boolean {
  return ingress !== undefined || egress !== undefined;
}
