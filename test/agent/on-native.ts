import { utf8 } from '#bytes';
import { system } from '#system';
import { openAgent } from '../../src/agent/agent.ts';
import { writeAll } from '../../src/host/files.ts';
import { parseInterfaceAddress, parseNetwork } from '../../src/model/cidr.ts';
import { parseIp } from '../../src/model/ip.ts';
import { parseMac } from '../../src/model/mac.ts';
import type { Parsed } from '../../src/model/parsed.ts';

// Bundled for the executable's host. Its arguments are the address of an agent, and milliseconds. It calls each method
// once, and prints each result.

function valid<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

async function seen(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return { is: await work() };
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
}

async function main([url = '', milliseconds = '']: readonly string[]): Promise<void> {
  const begin = system.now();
  const results: unknown[] = [];
  try {
    const agent = await openAgent(url, begin + Number(milliseconds));
    const ip = valid(parseIp('10.99.0.1'));
    const mac = valid(parseMac('02:00:00:00:00:a1'));
    const addresses = ['10.99.0.2/24', 'fd00:99::2/64'].map((text) => valid(parseInterfaceAddress(text)));
    const nic = { name: 'net1', mac, mtu: 1400, addresses, devicePath: '02/1e' };
    const routes = Array.from({ length: 5000 }, (_, at) => {
      return { dst: valid(parseNetwork(`10.${at >> 8}.${at & 255}.0/24`)), gw: ip, onlink: false };
    });
    results.push(await seen(() => agent.updateInterface(nic)));
    results.push(await seen(() => agent.updateRoutes('net1', routes)));
    results.push(await seen(() => agent.addNeighbors('net1', [{ ip, mac }])));
    results.push(await seen(async () => (await agent.listInterfaces()).slice(-1)));
    results.push(await seen(async () => (await agent.listRoutes()).length));
    agent.close();
  } catch (error) {
    const { name, message } = error as Error;
    results.push({ name, message });
  }
  writeAll(1, utf8(`${JSON.stringify({ results, took: system.now() - begin })}\n`));
  system.exit(0);
}

system.onStart(() => {
  void main(system.args());
});
