import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { program } from '../clients/programs.ts';
import type { Certificates } from './certificates.ts';
import { Daemon } from './daemon.ts';
import { addresses } from './data-centre.ts';
import { etcdProgram } from './etcd.ts';

/** The cluster's service addresses; the first one is the API server's. */
export const serviceAddresses = {
  ranges: '10.96.0.0/16,fd00:96::/112',
  api: '10.96.0.1',
  dns: '10.96.0.10',
} as const;

/** URL of the API server. */
export const apiServer = `https://${addresses.controlPlane}:6443`;

const etcd = 'http://127.0.0.1:2379';

/**
 * Starts etcd, the API server, the controllers and the scheduler in the data centre, and waits until the API server is ready.
 * Returns the path of the administrator's kubeconfig.
 */
export async function startControlPlane(host: Host, certificates: Certificates): Promise<string> {
  const { controlPlane } = addresses;
  const serves = [`IP:${controlPlane}`, `IP:${serviceAddresses.api}`, 'DNS:kubernetes.default.svc'];
  await certificates.issue('apiserver', { name: 'kube-apiserver', serves });
  const admin = await certificates.issue('admin', { name: 'admin', group: 'system:masters' });
  new Daemon(host, 'etcd', [await etcdProgram(), ...etcdFlags()]);
  const api = new Daemon(host, 'kube-apiserver', [program('kubernetes', 'kube-apiserver'), ...apiFlags(certificates)]);
  const options = { seconds: 180, signal: api.ended };
  await eventually(
    'an API server that is ready',
    async () => (await host.sh(`${kubectl(admin)} get --raw /readyz`)) === 'ok' || undefined,
    options,
  );
  for (const [name, more] of Object.entries(clients(certificates))) {
    const kubeconfig = await certificates.issue(name, { name: `system:${name}` });
    const flags = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
      (flag) => `--${flag}=${kubeconfig}`,
    );
    const always = ['--leader-elect=false', '--bind-address=127.0.0.1'];
    new Daemon(host, name, [program('kubernetes', name), ...flags, ...always, ...more]);
  }
  return admin;
}

/** The beginning of a command line of kubectl. */
function kubectl(kubeconfig: string): string {
  return `'${program('kubernetes', 'kubectl')}' --kubeconfig '${kubeconfig}'`;
}

// Its data ends with the test, so it need not reach a disk.
function etcdFlags(): readonly string[] {
  const peers = 'http://127.0.0.1:2380';
  return [
    ...['--name', 'etcd', '--data-dir', '/run/etcd', '--unsafe-no-fsync', '--log-level', 'warn'],
    ...['--listen-client-urls', etcd, '--advertise-client-urls', etcd, '--listen-peer-urls', peers],
    ...['--initial-advertise-peer-urls', peers, '--initial-cluster', `etcd=${peers}`],
  ];
}

function apiFlags(certificates: Certificates): readonly string[] {
  const { controlPlane } = addresses;
  const path = (file: string): string => certificates.path(file);
  return [
    `--etcd-servers=${etcd}`,
    `--bind-address=${controlPlane}`,
    `--advertise-address=${controlPlane}`,
    `--tls-cert-file=${path('apiserver.crt')}`,
    `--tls-private-key-file=${path('apiserver.key')}`,
    `--client-ca-file=${path('ca.crt')}`,
    `--service-account-key-file=${path('accounts.pub')}`,
    `--service-account-signing-key-file=${path('accounts.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-cluster-ip-range=${serviceAddresses.ranges}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    `--kubelet-client-certificate=${path('admin.crt')}`,
    `--kubelet-client-key=${path('admin.key')}`,
    `--kubelet-certificate-authority=${path('ca.crt')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

/** The other daemons, each with its own flags. */
function clients(certificates: Certificates): Readonly<Record<string, readonly string[]>> {
  return {
    'kube-controller-manager': [
      `--service-account-private-key-file=${certificates.path('accounts.key')}`,
      `--root-ca-file=${certificates.path('ca.crt')}`,
      '--use-service-account-credentials',
      // Detects soon that a node is switched off.
      '--node-monitor-grace-period=20s',
    ],
    'kube-scheduler': [],
  };
}
