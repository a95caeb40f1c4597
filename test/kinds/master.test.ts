import { describe, expect, it } from 'vitest';

import type { MasterChoice, NodeView } from '../../src/kinds/device.ts';
import { planMaster } from '../../src/kinds/master.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { linkNamed, nodeView, podOf } from './node.ts';

const eth0 = 'eth0' as InterfaceName;
const net1 = 'net1' as InterfaceName;
const cali1 = 'cali1' as InterfaceName;

/** A node whose pod has these links. */
function podWith(...names: readonly string[]): NodeView {
  const links = names.map((name) => linkNamed(name, { mac: '02:00:00:00:00:05' }));
  return nodeView({ pod: podOf({ links: [linkNamed('lo'), ...links] }) });
}

/** Behind a plugin whose result lists these interfaces, for the runtime's eth0. */
function behind(master: InterfaceName, ...listed: readonly string[]): MasterChoice {
  return { master, unlisted: { listed, ifname: eth0 } };
}

describe('the link that a guest takes over', () => {
  const none = 'the result of the plugins before dan lists no interface that is in the pod';

  it.each([
    ['the one that is named', { master: net1 }, net1, []],
    ['the only one that the result lists', behind(net1, 'net1'), net1, []],
    [
      "the one that the runtime asked for, where the result lists the host's end as one of the pod",
      behind(cali1, 'cali1'),
      eth0,
      [`${none} (it lists cali1): eth0, for which the runtime asked, is taken`],
    ],
    [
      'the one that the runtime asked for, where the result lists no interface',
      behind(eth0),
      eth0,
      [`${none}: eth0, for which the runtime asked, is taken`],
    ],
  ] as const)('is %s', (_which, choice, master, warnings) => {
    const plan = planMaster(choice, podWith('eth0', 'net1'));
    expect({ master: plan.master, name: plan.source.name, warnings: plan.warnings }).toEqual({
      ...{ master, name: master, warnings },
    });
  });

  // Behind ipvlan, all pods on an interface of the host have its MAC.
  it('may have the MAC of another pod', () => {
    expect(planMaster({ master: eth0 }, podWith('eth0')).exclusives).toEqual([]);
  });

  it.each([
    [{ master: eth0 }, 'the link "eth0" does not exist in the pod\'s namespace, which has lo, net1: put dan'],
    [behind(eth0), `${none}, and the link "eth0", for which the runtime asked, does not exist`],
    [behind(cali1, 'cali1'), `${none} (it lists cali1), and the link "eth0", for which the runtime asked, does not`],
  ])('is missing for %j', (choice, message) => {
    expect(() => planMaster(choice, podWith('net1'))).toThrow(
      expect.objectContaining({ name: 'master-missing', message: expect.stringContaining(message) }),
    );
  });
});
