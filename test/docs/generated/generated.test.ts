import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { areas } from '../../../src/cli/doctor/areas.ts';
import { commandsPage } from './commands-page.ts';
import { rows } from '../../../src/kinds/pod-namespace/rows.ts';
import { doctorPage } from './doctor-page.ts';
import { podNamespacePage } from './pod-namespace-page.ts';

// `npm run docs` writes the pages again; here they must correspond to the program.

test('docs/commands.md is what the table of commands has', async () => {
  await expect(commandsPage(commands)).toMatchFileSnapshot('../../../docs/commands.md');
});

test('docs/doctor.md is what the checks have', async () => {
  await expect(doctorPage(areas)).toMatchFileSnapshot('../../../docs/doctor.md');
});

test('docs/pod-namespace.md is what the table of the pod’s namespace has', async () => {
  await expect(podNamespacePage(rows)).toMatchFileSnapshot('../../../docs/pod-namespace.md');
});

test('every check has an id of its own, with its area first', () => {
  const ids = areas.flatMap(({ checks }) => checks.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^(kernel|kata|cni|ovs|state)-[a-z0-9-]+$/);
});
