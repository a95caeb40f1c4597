import { describe, expect, it } from 'vitest';

import { recordOf } from '../../../src/attach/add/claim.ts';
import { parseEnvironment } from '../../../src/protocol/environment.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import { kernelRoute } from '../../kinds/kernel-routes.ts';
import { podOf } from '../../kinds/node.ts';
import { eth0, planFor, viewWith } from '../../kinds/redirections.ts';
import { taskOf } from './task.ts';

/** The record of a redirection of eth0 that is asked for with these CNI_ARGS. */
function recorded(CNI_ARGS: string, changes: JsonObject = {}) {
  const task = taskOf(changes);
  const { variables, environment } = task.request;
  const { args } = parseEnvironment({ ...variables, CNI_ARGS });
  const request = { ...task.request, variables: { ...variables, CNI_ARGS }, environment: { ...environment, args } };
  const routes = [kernelRoute('default', { gateway: '10.88.0.1' })];
  const view = viewWith({}, { pod: podOf({ links: [eth0], routes }) });
  return recordOf({ ...task, request, plan: planFor('host'), view, document: undefined }, undefined);
}

const kubernetes = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0';

describe('the record of an attachment', () => {
  it('names the pod that the runtime names, for metrics', () => {
    expect(recorded(kubernetes).pod).toEqual({ namespace: 'shop', name: 'web-0' });
    expect(recorded('IgnoreUnknown=1').pod).toBeUndefined();
  });

  // kube-ovn and Antrea find their pod by them, and GC gets none.
  it('keeps the arguments of the IPAM plugin', () => {
    expect(recorded(kubernetes, { ipam: { type: 'kube-ovn' } }).ipam).toMatchObject({ args: kubernetes });
    expect(recorded('', { ipam: { type: 'kube-ovn' } }).ipam?.args).toBeUndefined();
  });

  // Multus moves the default route after ADD.
  it("keeps the routes of the pod's link, with which CHECK compares", () => {
    expect(recorded('').podRoutes).toEqual(['0.0.0.0/0 via 10.88.0.1']);
  });
});
