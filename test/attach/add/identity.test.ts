import { describe, expect, it } from 'vitest';

import { entryOf } from '../../../src/attach/add/sandbox-file.ts';
import { readTask } from '../../../src/attach/add/task.ts';
import { parseEnvironment } from '../../../src/protocol/environment.ts';
import { nodeView } from '../../kinds/node.ts';
import { planOf } from '../../kinds/taps.ts';
import { taskOf } from './task.ts';

/** The entry in the DAN file of an attachment with these variables, as Multus sets them for an element of a list. */
function entryWith(variables: Readonly<Record<string, string>>) {
  const { request } = taskOf({});
  const environment = parseEnvironment({ ...request.variables, ...variables });
  const task = readTask({ ...request, environment }, () => undefined, 'assumed');
  const planned = { ...task, plan: planOf(), view: nodeView(), document: undefined };
  return entryOf(planned, { addresses: [], routes: [], neighbors: [] });
}

describe("an element of a pod's annotation", () => {
  it('gives the interface in the guest its name', () => {
    expect(entryWith({ CNI_IFNAME: 'net1' })).toMatchObject({ name: 'net1', cni: { ifname: 'net1' } });
  });

  it('gives the network no other name than its configuration has', () => {
    const CNI_ARGS = 'K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0';
    expect(entryWith({ CNI_ARGS })).toMatchObject({ cni: { network: 'kata-net' } });
  });
});
