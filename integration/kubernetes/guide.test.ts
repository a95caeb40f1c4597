import { expect, test } from 'vitest';
import { blocksOf } from '../../test/docs/blocks.ts';
import { Cluster } from './cluster.ts';
import { network, plugin } from './dan.ts';
import { nothingLeft } from './leftovers.ts';

test('docs/guides/kubernetes.md works as it is written', async () => {
  await using cluster = await Cluster.start();
  const [node] = cluster.nodes;
  const before = await node!.host.sh('ls -R /opt /etc/cni');
  for (const { language, text, page, line } of blocksOf('docs/guides/kubernetes.md')) {
    if (language !== 'sh') continue;
    for (const command of text.trim().split('\n')) {
      const [program = '', ...words] = command.split(' ');
      expect(program, `${page}:${line}`).toBe('kubectl');
      await cluster.kubectl.run(...words);
      if (command.startsWith('kubectl exec')) {
        expect(await node!.host.sh(`${plugin} list`)).toMatch(/ kata-net .* attached$/m);
        expect(await node!.host.sh(`ls ${network}`)).toBe(network);
      }
    }
  }
  await nothingLeft(node!);
  expect(await node!.host.sh('ls -R /opt /etc/cni')).toBe(before);
});
