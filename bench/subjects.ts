/** Names of the subjects in tables and plots. */
export const subjects = {
  dan: 'dan',
  hostTapAlone: 'dan host-tap, no bridge',
  hostTap: 'dan host-tap',
  hostTapIpam: 'dan host-tap + host-local',
  tcfilterHost: 'dan tcfilter, runtime-rs',
  tcfilterPod: 'dan tcfilter, generic',
  macvtap: 'dan macvtap',
  bridge: 'bridge',
  bridgeIpam: 'bridge + host-local',
  ptpIpam: 'ptp + host-local',
  macvlan: 'macvlan',
  macvlanIpam: 'macvlan + host-local',
  batch: 'ip -batch alone',
  empty: 'a static program that does nothing',
  nothing: '/bin/true',
  kataChain: 'bridge, then the tc filter of Kata',
  bridgeAlone: 'the bridge alone, which drops it',
} as const;

/** The names of an executable's sizes. */
export const sizeNames = { file: 'the file', packed: 'packed by xz -9e' } as const;

/** The number of concurrent calls under load. */
export const atOnce = 50;

/** The numbers of existing attachments in the section growth. */
export const present = [1, 100, 1000] as const;

/** The name of a call under load. */
export function togetherName(command: 'ADD' | 'DEL'): string {
  return `${atOnce} ${command} at once`;
}

/** The name of a call beside other attachments. */
export function besideName(command: 'ADD' | 'DEL', others: (typeof present)[number]): string {
  return `${command} beside ${others}`;
}
