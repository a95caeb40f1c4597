import type { KubernetesObject } from './kubectl.ts';

/** busybox, by its name in the examples of `deploy/`. */
const busybox =
  'registry.k8s.io/e2e-test-images/busybox:1.29-4@sha256:2e0f836850e09b8b7cc937681d6194537a09fbd5f6b9e08f4d646a85128e8937';

/** A pod of the tests. */
export interface PodOptions {
  readonly name: string;
  /** The label `app`, which tests use to select their pods. */
  readonly app?: string;
  readonly runtimeClass?: string;
  /** The node on which it runs. */
  readonly node?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether it has a guest, which needs memory and a processor: most pods of the tests have none. */
  readonly guest?: boolean;
  /** More fields of the container's specification. */
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

/** A RuntimeClass for a handler whose pods request nothing for their guests, so that many of them fit on a node. */
export function runtimeClass(name: string, handler = name): KubernetesObject {
  return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler };
}

/** The fields of a pod that the tests need. */
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
