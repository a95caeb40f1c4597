/** A tap as dan makes it, as far as link managers go by it. */
export const sampleTap = {
  name: 'dan0123456789a',
  /** What systemd goes by: the type of hardware, and the kind and driver of the kernel. */
  type: 'ether',
  kind: 'tun',
  driver: 'tun',
} as const;
