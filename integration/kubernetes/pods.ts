import type { KubernetesObject } from './kubectl.ts';

/** busybox, as the examples of `deploy/` name it. */
const busybox =
  'registry.k8s.io/e2e-test-images/busybox:1.29-4@sha256:2e0f836850e09b8b7cc937681d6194537a09fbd5f6b9e08f4d646a85128e8937';

/** A pod of the tests. */
export interface PodOptions {
  readonly name: string;
  /** The label `app`, by which a test finds its pods. */
  readonly app?: string;
  readonly runtimeClass?: string;
  /** The node that it runs on. */
  readonly node?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** A guest takes memory and a processor: most pods of the tests do without one. */
  readonly guest?: boolean;
  /** What is in the container's specification besides. */
  readonly container?: Readonly<Record<string, unknown>>;
}

/** A pod with Kata that waits to be deleted. */
export function kataPod(options: PodOptions): KubernetesObject {
  const { name, app = name, runtimeClass = 'kata', node, annotations = {}, guest = false, container = {} } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { app },
      annotations: { ...annotations, ...(guest ? {} : { 'tests.invalid/guest': 'none' }) },
    },
    spec: {
      runtimeClassName: runtimeClass,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
      containers: [{ name: 'shell', image: busybox, command: ['sleep', 'infinity'], ...container }],
    },
  };
}

/** A RuntimeClass of a handler, whose pods request nothing for their virtual machines: many of them fit on a node. */
export function runtimeClass(name: string, handler = name): KubernetesObject {
  return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler };
}

/** What the tests look at in a pod. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly annotations?: Record<string, string> };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly hostIP?: string;
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly ready: boolean }[];
  };
}
