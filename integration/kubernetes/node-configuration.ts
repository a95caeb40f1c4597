import { stringify } from 'yaml';
import { pauseImage } from '../containerd/pause-image.ts';
import type { Certificates } from './certificates.ts';
import { serviceAddresses } from './control-plane.ts';

const cri = 'plugins."io.containerd.grpc.v1.cri"';

// A node of the tests does not have the file systems and devices of these.
const disabled = ['internal.v1.opt', 'snapshotter.v1.aufs', 'snapshotter.v1.btrfs', 'snapshotter.v1.devmapper'];

/** The directory of the networks of a handler with networks of its own. */
export function networkDirectory(handler: string): string {
  return `/etc/cni/${handler}.d`;
}

/**
 * containerd's config.toml, with handlers of Kata: `kata` and the further ones have a directory of networks each, as in
 * the guides. `kata-multus` uses the networks of the main directory, where Multus is. The stand-in for Kata is told
 * which pods have no guest.
 */
export function containerdConfiguration(socket: string, furtherHandlers: readonly string[]): string {
  const own = ['kata', ...furtherHandlers].map((name) => handler(name, `cni_conf_dir = "${networkDirectory(name)}"`));
  return `
version = 2
disabled_plugins = ${JSON.stringify(disabled.map((name) => `io.containerd.${name}`))}
[grpc]
  address = "${socket}"
[${cri}]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
[${cri}.cni]
  bin_dir = "/opt/cni/bin"
  conf_dir = "/etc/cni/net.d"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
${[...own, handler('kata-multus', '')].join('')}`;
}

function handler(name: string, more: string): string {
  return `
[${cri}.containerd.runtimes.${name}]
  runtime_type = "io.containerd.kata.v2"
  pod_annotations = ["tests.invalid/*"]
  ${more}
`;
}

/** The network list of the pods that are not Kata's. */
export function podNetwork(node: number): string {
  const bridge = {
    type: 'bridge',
    bridge: 'pods0',
    isGateway: true,
    ipMasq: true,
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: `10.90.${node}.0/24` }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  };
  const portmap = { type: 'portmap', capabilities: { portMappings: true } };
  return JSON.stringify({ cniVersion: '1.0.0', name: 'pods', plugins: [bridge, portmap] });
}

/** The kubelet's configuration. */
export function kubeletConfiguration(certificates: Certificates, node: string, socket: string): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    failCgroupV1: false,
    containerRuntimeEndpoint: `unix://${socket}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: certificates.path('ca.crt') },
    },
    authorization: { mode: 'AlwaysAllow' },
    tlsCertFile: certificates.path(`${node}.crt`),
    tlsPrivateKeyFile: certificates.path(`${node}.key`),
    resolvConf: '',
    clusterDNS: [serviceAddresses.dns],
    clusterDomain: 'cluster.local',
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // The node does not manage the machine's memory and disk.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 99,
    imageGCLowThresholdPercent: 98,
    // A node under load still reports soon that it is ready.
    nodeStatusUpdateFrequency: '4s',
  });
}

/** kube-proxy's configuration. It leaves the limits of connection tracking alone, which are the whole machine's. */
export function kubeProxyConfiguration(certificates: Certificates, node: string): string {
  return stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: certificates.path(`${node}-proxy.kubeconfig`) },
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  });
}
