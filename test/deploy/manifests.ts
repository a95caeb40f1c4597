import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const directory = fileURLToPath(new URL('../../deploy/', import.meta.url));

/** An object of Kubernetes, as far as the tests look at it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly config?: string;
    readonly template?: { readonly spec: PodSpec };
  } & PodSpec;
}

/** What a pod is. */
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

/** A volume in a container. */
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

/** What puts manifests together for `kubectl apply -k`: the paths of the files below `deploy/`. */
export const kustomizations: readonly string[] = all.filter(isKustomization);

function isKustomization(file: string): boolean {
  return file.endsWith('kustomization.yaml');
}

/** The objects of a file. Throws for what is no YAML, or has a key twice. */
export function manifestsOf(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(`${directory}${file}`, 'utf8')).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    return document.toJS() as Manifest;
  });
}

/** What an object's pods are. */
export function podOf({ spec }: Manifest): PodSpec {
  return spec?.template?.spec ?? spec ?? {};
}

/** The containers of an object's pods. */
export function containersOf(manifest: Manifest): readonly Container[] {
  const { initContainers = [], containers = [] } = podOf(manifest);
  return [...initContainers, ...containers];
}

/** The directories of the node that a container of a pod has: where each is on the node, and where in the container. */
export function nodeDirectories(
  { volumes = [] }: PodSpec,
  { volumeMounts = [] }: Container,
): readonly { readonly from: string; readonly to: string; readonly isWritable: boolean }[] {
  return volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
    const from = volumes.find((volume) => volume.name === name)?.hostPath?.path;
    return from === undefined ? [] : [{ from, to: mountPath, isWritable: readOnly !== true }];
  });
}
