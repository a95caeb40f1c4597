import { writeSync } from 'node:fs';
import { situations } from './situations.ts';

// Bun runs this with a directory as its argument, and it prints what was seen of each situation.
const [directory = ''] = process.argv.slice(2);
const seen: Record<string, unknown> = {};
for (const [name, situation] of Object.entries(situations)) seen[name] = await situation(directory);
writeSync(1, JSON.stringify(seen));
process.exit(0);
