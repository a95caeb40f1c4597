import { type JsonObject, objectIn } from '../json/object.ts';
import type { Variables } from '../protocol/environment.ts';

/** What a network may let its pods set, by the names in `podMaySet`. */
export const podSettings = ['mac', 'ips', 'vhostUserSocket'] as const;

/** One of {@link podSettings}. */
export type PodSetting = (typeof podSettings)[number];

/** The part of a request that an IPAM plugin gets. */
interface ForIpam {
  readonly variables: Variables;
  readonly document: JsonObject;
}

/** The CNI_ARGS that ask IPAM plugins for addresses. */
const argsOfIps = ['IP', 'GATEWAY'];

/** Removes the addresses that a pod asks an IPAM plugin for, unless the network allows it. */
export function withoutForbidden(request: ForIpam, allowed: readonly PodSetting[]): ForIpam {
  if (allowed.includes('ips')) return request;
  const { CNI_ARGS: given = '', ...others } = request.variables;
  const isLeft = (pair: string): boolean => !argsOfIps.some((name) => pair.startsWith(`${name}=`));
  const { args, ...document } = request.document;
  const { cni, ...more } = objectIn(args);
  const { ips, ...asked } = objectIn(cni);
  return {
    variables: given === '' ? request.variables : { ...others, CNI_ARGS: given.split(';').filter(isLeft).join(';') },
    document: ips === undefined ? request.document : { ...document, args: { ...more, cni: asked } },
  };
}
