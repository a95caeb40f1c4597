import { describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { traces } from '../harness/traces.ts';
import { callBefore, callDan } from './chain.ts';
import { pluginsBefore, prepareHost, readers, tcfilterNetwork } from './networks.ts';

const gateways = ['10.88.0.1', 'fd00:88::1'];

/** Everything in a pod's namespace, as its user would see it. */
async function lookAt(host: Host): Promise<string> {
  // The link's counters change with every frame, and resolved neighbors come and go.
  return await host.sh(`
    ip -n pod -details address
    ip -n pod route show table all
    ip -n pod -6 route show table all
    ip -n pod neighbor show nud permanent
    tc -n pod qdisc; tc -n pod filter show dev eth0
    for file in address mtu tx_queue_len flags; do
      ip netns exec pod sh -c 'cd /sys/class/net && grep . */'$file
    done
    ip netns exec pod sh -c 'cd /proc/sys/net && grep -r . ipv4/conf/eth0 ipv6/conf/eth0' 2>/dev/null | sort`);
}

/** Whether a pod without a virtual machine reaches its gateways, for each of them. */
function reaches(host: Host): Promise<readonly boolean[]> {
  return Promise.all(
    gateways.map(async (gateway) => {
      const { exitCode } = await host.run('ip', ['netns', 'exec', 'pod', 'ping', '-c', '1', '-W', '1', gateway]);
      return exitCode === 0;
    }),
  );
}

describe.for(pluginsBefore)("a pod without a virtual machine behind Debian's %s", (plugin) => {
  test.for(readers)('works after DEL as before ADD, reader %s', async (runtime) => {
    await using host = await Host.create();
    await prepareHost(host, plugin);
    const empty = await traces(host);
    const attaching = { host, network: tcfilterNetwork({ plugin, runtime }), netns: await host.podNetns('pod') };
    const made = await callBefore(attaching, 'ADD');
    // The host's end may still be in duplicate address detection.
    await expect.poll(() => reaches(host), { timeout: 5000 }).toEqual([true, true]);
    const before = { pod: await lookAt(host), traces: await traces(host) };

    const { exitCode, stdout, json } = await callDan(attaching, 'ADD', made);
    expect(exitCode, stdout).toBe(0);
    // As documented: with the redirect in place, all frames go to the virtual machine.
    expect(await reaches(host)).toEqual([false, false]);
    await callBefore(attaching, 'CHECK', json);
    expect(await callDan(attaching, 'CHECK', json)).toMatchObject({ exitCode: 0 });

    for (const again of [false, true]) {
      const removed = await callDan(attaching, 'DEL', json);
      expect(removed, again ? 'again' : '').toMatchObject({ exitCode: 0, stdout: '' });
      expect(removed.stderr).not.toMatch(/"level":"(warn|error)"/);
      expect(await lookAt(host)).toBe(before.pod);
      expect(await traces(host)).toEqual(before.traces);
      expect(await reaches(host)).toEqual([true, true]);
    }
    await callBefore(attaching, 'DEL', json);
    await host.sh('ip netns del pod');
    expect(await traces(host)).toEqual(empty);
  });
});
