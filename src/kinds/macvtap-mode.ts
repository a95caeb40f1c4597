/** How macvtaps of one link reach each other and the link (macvlan in iproute2's ip-link(8)). */
export const macvtapModes = ['bridge', 'private', 'vepa', 'passthru'] as const;

/** A mode of a macvtap. */
export type MacvtapMode = (typeof macvtapModes)[number];
