import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { splitWords } from './options.ts';
import { parseRule, type Rule } from './rule.ts';

/** The most rules that a sandbox may hold, services and servers together: 5,000 services with 3 servers each. */
const mostRules = 20_000;

/**
 * Reads the rules to restore into an empty table, one a line. Refuses what ipvsadm or the kernel would refuse: a server
 * of a service that no earlier line adds, and duplicates. `why` names the first wrong line by its number.
 */
export function readRuleFile(text: string): Parsed<readonly Rule[]> {
  const rules: Rule[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const rule = parseRule(splitWords(line), 'given');
    const fault = rule.ok ? faultAmong(rule.value, seen, rules.length) : rule.why;
    if (!rule.ok || fault !== undefined) return reject(`line ${index + 1}: ${fault ?? ''}`);
    seen.add(keyOf(rule.value));
    rules.push(rule.value);
  }
  return rules.length === 0 ? reject('there are no rules') : accept(rules);
}

/** The text that `ipvsadm -R` reads. */
export function ruleFileText(rules: readonly Rule[]): string {
  return rules.map(({ words }) => `${words.join(' ')}\n`).join('');
}

function faultAmong(rule: Rule, seen: ReadonlySet<string>, before: number): string | undefined {
  const isServer = rule.do === 'add-server';
  if (!isServer && rule.do !== 'add-service') {
    return `--${rule.do} cannot be restored: only --add-service and --add-server can`;
  }
  if (before === mostRules) {
    return `this is rule ${before + 1}; a sandbox holds at most ${mostRules}, services and servers counted together`;
  }
  const { service = '' } = rule;
  if (isServer && !seen.has(service)) return `no line before adds the service ${service}`;
  if (!seen.has(keyOf(rule))) return undefined;
  return `a line before adds the ${isServer ? 'server' : 'service'} ${keyOf(rule)} already`;
}

function keyOf({ service = '', server }: Rule): string {
  return server === undefined ? service : `${service} -r ${server}`;
}
