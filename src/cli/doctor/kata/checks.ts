import type { Check } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { configChecks } from './config-checks.ts';
import { deviceChecks } from './device-checks.ts';
import { overrideChecks } from './override-checks.ts';
import { runtimeChecks } from './runtime-checks.ts';

/** What is asked about Kata: its handlers and shims, the configuration that is in force, and what it says. */
export const kataChecks: readonly Check<NodeFacts>[] = [
  ...runtimeChecks,
  ...configChecks,
  ...deviceChecks,
  ...overrideChecks,
];
