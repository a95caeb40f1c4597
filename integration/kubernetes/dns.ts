import type { Cluster } from './cluster.ts';
import { serviceAddresses } from './control-plane.ts';
import { coredns } from './images.ts';

const namespace = 'kube-system';
const name = 'coredns';
const labels = { 'k8s-app': 'kube-dns' };

const corefile = `.:53 {
  errors
  ready
  kubernetes cluster.local
}
`;

/** Installs the cluster's DNS: CoreDNS on a node, and the Service `kube-dns`, which the kubelet names to all pods. */
export async function installDns({ kubectl }: Cluster, node: string): Promise<void> {
  await kubectl.apply(...rights(), ...server(node));
}

/** Waits until the DNS answers. */
export async function dnsReady({ kubectl }: Cluster): Promise<void> {
  await kubectl.run(`--namespace=${namespace}`, 'rollout', 'status', `deployment/${name}`, '--timeout=180s');
}

/** What CoreDNS may read. */
function rights(): readonly Record<string, unknown>[] {
  const rbac = 'rbac.authorization.k8s.io';
  const rule = (apiGroup: string, ...resources: readonly string[]): object => ({
    apiGroups: [apiGroup],
    resources,
    verbs: ['list', 'watch'],
  });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name },
      rules: [rule('', 'services', 'pods', 'namespaces'), rule('discovery.k8s.io', 'endpointslices')],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}

function server(node: string): readonly Record<string, unknown>[] {
  const port = (protocol: string): object => ({ name: protocol.toLowerCase(), port: 53, protocol });
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { Corefile: corefile } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            // It does not ask itself.
            dnsPolicy: 'Default',
            // Only a node reaches the addresses of its pods.
            nodeSelector: { 'kubernetes.io/hostname': node },
            containers: [
              {
                name,
                image: coredns,
                args: ['-conf', '/etc/coredns/Corefile'],
                readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
                volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace },
      spec: { clusterIP: serviceAddresses.dns, selector: labels, ports: [port('UDP'), port('TCP')] },
    },
  ];
}
