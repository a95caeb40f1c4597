import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { containerdConfig, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const table = (text: string): MadeUpNode =>
  node.write({ '/etc/kata-containers/configuration.toml': kataConfig.replace('default_vcpus = 1', text) });

describe('kata-rate-limiters', () => {
  test.each(['rx_rate_limiter_max_rate', 'tx_rate_limiter_max_rate', 'net_rate_limiter_bw_max_rate'])(
    '%s',
    async (key) => {
      const [finding] = await table(`${key} = 1000000`).find('kata-rate-limiters');
      expect(finding).toMatchObject({
        severity: 'warning',
        seen: expect.stringContaining(`sets ${key}, which no device`),
      });
    },
  );

  test.each(['rx_rate_limiter_max_rate = 0', 'disk_rate_limiter_bw_max_rate = 5'])(
    '%s limits no network',
    async (text) => {
      expect(await table(text).find('kata-rate-limiters')).toEqual([]);
    },
  );
});

test('kata-keep-abnormal', async () => {
  node.write({ '/etc/kata-containers/config.d/a': '[runtime]\nkeep_abnormal = true\n' });
  expect(await node.find('kata-keep-abnormal')).toEqual([
    expect.objectContaining({ severity: 'note', seen: expect.stringContaining('keep_abnormal = true') }),
  ]);
});

describe('kata-annotations', () => {
  const passing = (patterns: string): MadeUpNode =>
    node.write({
      '/etc/containerd/config.toml': containerdConfig.replace(
        'cni_conf_dir',
        `pod_annotations = ${patterns}\ncni_conf_dir`,
      ),
    });

  test('nothing passes where containerd lets none through', async () => {
    expect(await node.find('kata-annotations')).toEqual([]);
  });

  test('the usual pattern lets those of the runtime pass, and those of the hypervisor that Kata hears', async () => {
    table('enable_annotations = ["kernel_params", "disable_.*"]');
    const [finding] = await passing('["io.katacontainers.*"]').find('kata-annotations');
    expect(finding?.severity).toBe('note');
    expect(finding?.seen).toBe(
      'pod_annotations of the handler "kata" let pods set io.katacontainers.config_path, ' +
        'io.katacontainers.config.runtime.disable_new_netns, io.katacontainers.config.runtime.internetworking_model, ' +
        'io.katacontainers.config.hypervisor.disable_vhost_net',
    );
    expect(finding?.cure).toContain('KATA_CONF_FILE, ConfigPath of the handler, Kata’s own places');
  });

  test('a narrow pattern lets little pass', async () => {
    const [finding] = await passing('["io.katacontainers.config.runtime.disable_*"]').find('kata-annotations');
    expect(finding?.seen).toMatch(/let pods set io.katacontainers.config.runtime.disable_new_netns$/);
  });

  test('a configuration of several hypervisors lets a pod choose one', async () => {
    node.write({ '/etc/kata-containers/config.d/a': '[hypervisor.qemu]\npath = "/q"\n' });
    expect((await passing('["io.*"]').find('kata-annotations'))[0]?.seen).toContain('config.runtime.hypervisor_name');
  });
});
