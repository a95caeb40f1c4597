import { typeOf } from '../../../config/conf-list.ts';
import { kindIfNamed } from '../../../kinds/kinds.ts';
import type { JsonObject } from '../../../protocol/input.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** Well-known plugins that make no interface in the pod. */
const withoutInterface = ['bandwidth', 'firewall', 'loopback', 'portmap', 'sbr', 'tuning', 'vrf'];

/** Those among them that look for the pod's interface in its namespace. */
const needInterface = ['bandwidth', 'sbr', 'tuning', 'vrf'];

/** What the order of a list's plugins means for the one of dan at a place in it. */
export function chainRemarks(plugins: readonly JsonObject[], at: number): readonly Remark[] {
  const plugin = plugins[at];
  if (plugin === undefined || takesOver(plugin)) return [];
  const remark = remarksAt(`plugins[${at}]`);
  const makers = plugins.slice(0, at).map(typeOf).filter(makesInterface);
  const seekers = plugins
    .slice(at + 1)
    .map(typeOf)
    .filter((type) => needInterface.includes(type));
  return [
    ...makers.map((type) => ({
      ...remark(
        'error',
        `the plugin "${type}" before it makes an interface in the pod, which the guest would lose: Kata reads the DAN ` +
          'file instead of the namespace; take that plugin out, or say "device": "tcfilter"',
      ),
      error: 'pod-link-hidden',
    })),
    ...seekers.map((type) =>
      remark(
        'warning',
        `the plugin "${type}" behind it works on an interface in the pod’s namespace, and the guest’s is not there: take ` +
          'it out, or use "device": "tcfilter" behind a plugin that makes one',
      ),
    ),
  ];
}

/** Whether a plugin before dan leaves an interface in the pod; one that is not known is taken to do so. */
export function makesInterface(type: string): boolean {
  return type !== 'dan' && !withoutInterface.includes(type);
}

/** Whether a plugin of dan takes over the interface that a plugin before it made. */
function takesOver({ device }: JsonObject): boolean {
  return kindIfNamed(device)?.addresses === 'of-master';
}
