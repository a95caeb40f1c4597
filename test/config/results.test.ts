import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';

import { allocateKnown, planNetwork } from '../../src/attach/add/allocate.ts';
import { fromIpam } from '../../src/attach/add/from-ipam.ts';
import { resultOf } from '../../src/attach/add/result.ts';
import { planDevice } from '../../src/kinds/kinds.ts';
import type { JsonObject } from '../../src/json/object.ts';
import type { Route } from '../../src/model/route.ts';
import { taskOf } from '../attach/add/task.ts';
import { kernelRoute } from '../kinds/kernel-routes.ts';
import { linkNamed, nodeView, podOf } from '../kinds/node.ts';
import { inTable } from './key-table.ts';

/** The result of a plugin, what it leaves in the pod, and what dan makes of both. The values are made up. */
interface Handed {
  readonly plugin: string;
  readonly source: string;
  readonly looks: string;
  readonly makes: string;
  readonly result: JsonObject;
  readonly pod: { readonly address: string; readonly mtu: number; readonly routes: readonly PodRoute[] };
  readonly expected: {
    readonly addresses: readonly string[];
    readonly routes: readonly string[];
    /** The result's interfaces before the tap. */
    readonly interfaces: readonly string[];
    /** The interface indexes of its addresses. */
    readonly indexes: readonly number[];
    readonly warnings: readonly string[];
  };
}

interface PodRoute {
  readonly to: string;
  readonly via?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly source?: string;
  readonly mtu?: number;
}

/** What a plugin answers if dan asks it for addresses, or adds to what it delegates to dan. All values are made up. */
type Asked = Pick<Handed, 'looks' | 'makes' | 'plugin' | 'source'> & {
  /** dan's plugin object, without the bridge. */
  readonly document: JsonObject;
} & (
    | { readonly answer: JsonObject; readonly expected: Pick<Handed['expected'], 'addresses' | 'routes' | 'warnings'> }
    | { readonly refused: string }
  );

const page = fileURLToPath(new URL('../../docs/results.md', import.meta.url));

function readAll(folder: string): readonly unknown[] {
  const directory = fileURLToPath(new URL(`${folder}/`, import.meta.url));
  return readdirSync(directory).map((name): unknown => JSON.parse(readFileSync(`${directory}${name}`, 'utf8')));
}

const all = readAll('results') as readonly Handed[];
const asked = readAll('ipam-answers') as readonly Asked[];

function text({ dst, gw, onlink }: Route): string {
  const to = `${dst.text}/${dst.prefix}`;
  return [to, ...(gw === undefined ? [] : [gw.text]), ...(onlink ? ['onlink'] : [])].join(' ');
}

/** What dan makes of a plugin's result and of what the plugin left in the pod. */
function behind({ result, pod }: Handed) {
  const warnings: string[] = [];
  const log = (_level: string, message: string): void => {
    warnings.push(message);
  };
  const link = linkNamed('eth0', { mtu: pod.mtu, addresses: [{ cidr: pod.address, scope: 'global' }] });
  const routes = pod.routes.map(({ to, via, ...more }) => kernelRoute(to, { gateway: via, ...more }));
  const view = nodeView({ bridge: undefined, pod: podOf({ links: [linkNamed('lo'), link], routes }) });
  const task = taskOf({ device: 'tcfilter', prevResult: result });
  const plan = planDevice(task.config.device, view);
  const planned = { ...task, log, plan, view, document: undefined };
  const allocation = allocateKnown(planned);
  const made = resultOf(planned, allocation);
  return { link, plan, allocation, made, warnings: [...plan.warnings, ...warnings] };
}

describe.each(all.map((one) => [one.plugin, one] as const))('behind %s', (_plugin, handed) => {
  const { pod, expected } = handed;

  it('the guest gets eth0 with its MAC, its MTU, its addresses and its routes', () => {
    const { link, plan, allocation } = behind(handed);
    expect({ name: plan.source?.name, mac: plan.guestMac, mtu: plan.mtu }).toEqual({
      ...{ name: 'eth0', mac: link.mac, mtu: pod.mtu },
    });
    expect(allocation.addresses.map(({ address }) => `${address.text}/${address.prefix}`)).toEqual(expected.addresses);
    expect(allocation.routes.map(text)).toEqual(expected.routes);
  });

  it("the runtime finds the pod's address at eth0, whatever the result before said", () => {
    const { link, made } = behind(handed);
    expect(made.interfaces.map(({ name }) => name).slice(0, -1)).toEqual(expected.interfaces);
    expect(made.ips.map((ip) => ip.interface)).toEqual(expected.indexes);
    for (const { interface: at = -1 } of made.ips) {
      expect(made.interfaces[at]).toMatchObject({ name: 'eth0', mac: link.mac, sandbox: expect.stringMatching(/^\//) });
    }
  });

  it('what was taken in another way than it was written is logged', () => {
    expect(behind(handed).warnings).toEqual(expected.warnings);
  });
});

describe.each(asked.map((one) => [one.plugin, one] as const))('addresses of %s', (_plugin, one) => {
  it('are the guest’s, with their routes', () => {
    if ('refused' in one) {
      expect(() => taskOf(one.document)).toThrow(one.refused);
      return;
    }
    const task = taskOf(one.document);
    const plan = planDevice(task.config.device, nodeView());
    const { warnings, ...given } = fromIpam(task.config.ipamType ?? '', one.answer);
    const { addresses, routes } = planNetwork(task, plan, undefined, given);
    // The MAC is not that of an interface in the answer.
    expect(plan.guestMac).toBe(task.names.guestMac);
    expect(plan.mtu).toBe(one.document['mtu'] ?? 1500);
    expect({ addresses: addresses.map(({ address }) => `${address.text}/${address.prefix}`), warnings }).toEqual({
      addresses: one.expected.addresses,
      warnings: one.expected.warnings,
    });
    expect(routes.map(text)).toEqual(one.expected.routes);
  });
});

test('docs/results.md has the tables of these plugins', async () => {
  const tables = [
    ['results', all],
    ['ipam-answers', asked],
  ] as const;
  const made = tables.reduce(
    (text, [mark, plugins]) => {
      const rows = plugins.map(({ plugin, looks, makes, source }) => [plugin, looks, makes, source]);
      const table = inTable(['plugin', 'its result', 'what dan makes of it', 'where that is from'], rows);
      const place = new RegExp(`(<!-- ${mark}: .* -->\\n)[^]*(\\n<!-- /${mark} -->)`);
      expect(text).toMatch(place);
      return text.replace(place, (_, opening: string, end: string) => `${opening}\n${table}\n${end}`);
    },
    readFileSync(page, 'utf8'),
  );
  await expect(made).toMatchFileSnapshot(page);
});
