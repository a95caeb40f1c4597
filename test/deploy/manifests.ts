import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const directory = fileURLToPath(new URL('../../deploy/', import.meta.url));

/** The fields of a Kubernetes object that the tests need. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly config?: string;
    readonly template?: { readonly spec: PodSpec };
  } & PodSpec;
}

/** The specification of a pod. */
export interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly Volume[];
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
}

/** The rights of a pod or of a container. */
interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly privileged?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type: string };
}

/** A volume of a pod. */
interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string; readonly type?: string };
  readonly configMap?: object;
}

/** The mount of a volume in a container. */
interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly mountPropagation?: string;
  readonly readOnly?: boolean;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly object[];
  readonly terminationMessagePolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly VolumeMount[];
}

const all = globSync('**/*.yaml', { cwd: directory }).sort();

/** The manifests by their paths below `deploy/`. */
export const files: readonly string[] = all.filter((file) => !isKustomization(file));

/** The files that combine manifests for `kubectl apply -k`, by their paths below `deploy/`. */
export const kustomizations: readonly string[] = all.filter(isKustomization);

function isKustomization(file: string): boolean {
  return file.endsWith('kustomization.yaml');
}

/** The objects in a file. Throws for invalid YAML, or a duplicate key. */
export function manifestsOf(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(`${directory}${file}`, 'utf8')).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    return document.toJS() as Manifest;
  });
}

/** The specification of an object's pods. */
export function podOf({ spec }: Manifest): PodSpec {
  return spec?.template?.spec ?? spec ?? {};
}

/** The containers of an object's pods. */
export function containersOf(manifest: Manifest): readonly Container[] {
  const { initContainers = [], containers = [] } = podOf(manifest);
  return [...initContainers, ...containers];
}

/** The node's directories in a container of a pod: where each is on the node, and where in the container. */
export function nodeDirectories(
  { volumes = [] }: PodSpec,
  { volumeMounts = [] }: Container,
): readonly { readonly from: string; readonly to: string; readonly isWritable: boolean }[] {
  return volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
    const from = volumes.find((volume) => volume.name === name)?.hostPath?.path;
    return from === undefined ? [] : [{ from, to: mountPath, isWritable: readOnly !== true }];
  });
}
