import { accept, type Parsed, reject } from './parsed.ts';

/** A number of queue pairs (one queue to receive and one to send each), 1 to 256. */
export type QueuePairs = number & { readonly __brand: 'QueuePairs' };

/** Descriptors of one virtqueue: a power of two, 1 to 32768 (virtio 1.2, section 2.7). */
export type QueueSize = number & { readonly __brand: 'QueueSize' };

/** Parses a number of queue pairs; a Linux tap has at most 256 (MAX_TAP_QUEUES). */
export function parseQueuePairs(value: unknown): Parsed<QueuePairs> {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 256;
  return fits ? accept(value as QueuePairs) : reject('must be a number of queue pairs, 1 to 256');
}

/** Parses the size of a virtqueue. */
export function parseQueueSize(value: unknown): Parsed<QueueSize> {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 32768;
  return fits && (value & (value - 1)) === 0
    ? accept(value as QueueSize)
    : reject('must be a power of two, 1 to 32768');
}
