import { CniError } from '../protocol/error.ts';

/**
 * Codes of dan's own errors. 7 is the spec's code for a faulty configuration, 11 the spec's "try again later". Codes
 * from 100 on are for states of the node.
 */
export const danErrors = {
  'duplicate-in-sandbox': 7,
  'duplicate-route': 7,
  'mac-in-use': 7,
  'mtu-below-bridge': 7,
  'mtu-too-small-for-ipv6': 7,
  'not-carried-by-profile': 7,
  'route-without-gateway': 7,
  'second-default-route': 7,
  'agent-busy': 11,
  'agent-late': 11,
  'monitor-late': 11,
  'ovs-unreachable': 11,
  interrupted: 11,
  'attachment-exists': 100,
  'bridge-missing': 101,
  'not-a-bridge': 102,
  'vlan-filtering-off': 103,
  'vlan-filtering-unsupported': 104,
  'tap-not-ours': 105,
  'pod-link-hidden': 106,
  'netns-of-file-differs': 107,
  'dan-file-unreadable': 108,
  'kata-config-unusable': 109,
  'ipam-plugin-missing': 110,
  'ipam-plugin-failed': 111,
  'command-missing': 112,
  'command-failed': 113,
  'command-timeout': 114,
  'check-failed': 115,
  'master-missing': 116,
  'ingress-taken': 117,
  'pod-link-unusable': 118,
  'prev-result-missing': 119,
  'bridge-ambiguous': 120,
  'ovs-lacks-dpdk': 121,
  'ovs-port-taken': 122,
  'ovs-port-failed': 123,
  'socket-path-unusable': 124,
  'directory-unsafe': 125,
  'sandbox-runs': 126,
  'not-found': 127,
  'device-unusable': 128,
  'short-name-taken': 129,
  'agent-failed': 130,
  'agent-refused': 133,
  'agent-unreachable': 134,
  'agent-garbled': 135,
  'monitor-garbled': 136,
  'monitor-refused': 137,
  'monitor-unreachable': 138,
  'no-monitor': 139,
  'function-missing': 140,
  'no-free-function': 141,
  'function-unusable': 142,
  'function-taken': 143,
  'function-held': 144,
  'function-setting-refused': 145,
  'driver-not-bound': 146,
  'listen-failed': 150,
  'burst-too-small': 161,
} as const satisfies Record<string, number>;

/** The stable name of one of dan's own errors; `docs/errors.md` has a section for each. */
export type DanErrorName = keyof typeof danErrors;

/** Makes one of dan's own errors. The message says what failed, where and why, and what to do next. */
export function danError(name: DanErrorName, message: string, details?: string): CniError {
  return new CniError(name, danErrors[name], message, details);
}

/** What is wrong, and how to fix it: one sentence in a message of the plugin, two lines in `dan doctor`. */
export interface Diagnosis {
  /** What is wrong, where and why. */
  readonly seen: string;
  readonly cure: string;
}

/** A diagnosis as one sentence. */
export function sentenceOf({ seen, cure }: Diagnosis): string {
  return `${seen}: ${cure}`;
}
