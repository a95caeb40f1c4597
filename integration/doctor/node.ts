import type { Host } from '../harness/host.ts';
import { install, pluginDirectory, writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';

/** A finding in the output of `dan doctor --json`. */
export interface Finding {
  readonly id: string;
  readonly severity: 'error' | 'note' | 'warning';
  readonly seen: string;
  readonly cure: string;
}

/** The output of `dan doctor --json`. */
export interface Diagnosis {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly unasked: readonly { readonly id: string; readonly why: string }[];
}

/** Installs dan in a host, where containerd finds it by default. */
export async function installPlugin(host: Host): Promise<void> {
  await install(host, executable);
  const section = '[plugins."io.containerd.grpc.v1.cri".cni]';
  await writeInside(host, '/etc/containerd/config.toml', `version = 2\n${section}\nbin_dir = "${pluginDirectory}"\n`);
}

/** Configures one network of dan in a host, in place of any other. */
export async function useNetwork(host: Host, settings: object): Promise<void> {
  const plugin = { type: 'dan', addresses: ['10.88.0.5/24'], ...settings };
  const list = { cniVersion: '1.0.0', name: 'kata-net', plugins: [plugin] };
  await writeInside(host, '/etc/cni/net.d/10-dan.conflist', JSON.stringify(list));
}

/** Runs `dan doctor --json` in a host. Returns only findings whose id matches. */
export async function diagnose(host: Host, ids: RegExp): Promise<Diagnosis> {
  const { exitCode, stdout, stderr } = await host.run(executable, ['doctor', '--json']);
  if (stdout === '') throw new Error(stderr);
  const { findings, unasked } = JSON.parse(stdout) as Diagnosis;
  return { exitCode, findings: findings.filter(({ id }) => ids.test(id)), unasked };
}

/** The ids of the findings of `dan doctor`. */
export async function foundIn(host: Host, ids: RegExp): Promise<readonly string[]> {
  return (await diagnose(host, ids)).findings.map(({ id }) => id);
}

/** Why a test of a packet filter on a bridge cannot run; undefined if it can. */
export async function withoutBridgeFilter(host: Host): Promise<string | undefined> {
  const look = 'iptables -V && test -e /proc/sys/net/bridge/bridge-nf-call-iptables';
  const { exitCode } = await host.run('sh', ['-c', look]);
  return exitCode === 0 ? undefined : 'this machine has no iptables, or its kernel no br_netfilter';
}

/** Runs the command at the end of a cure, as a user would. */
export async function follow(host: Host, { cure }: Finding): Promise<void> {
  await host.sh(cure.slice(cure.indexOf('printf ')));
}
