/** Names of what is measured, as tables and plots have them. */
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

/** What is said of an executable's size. */
export const sizeNames = { file: 'the file', packed: 'packed by xz -9e' } as const;

/** How many calls come at once under load. */
export const atOnce = 50;

/** How many attachments there are already when one more comes. */
export const present = [1, 100, 1000] as const;

/** What a call under load is named. */
export function togetherName(command: 'ADD' | 'DEL'): string {
  return `${atOnce} ${command} at once`;
}

/** What a call beside other attachments is named. */
export function besideName(command: 'ADD' | 'DEL', others: (typeof present)[number]): string {
  return `${command} beside ${others}`;
}
