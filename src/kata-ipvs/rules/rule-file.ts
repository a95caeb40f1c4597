import { accept, type Parsed, reject } from '../../model/parsed.ts';
import { endpointText } from './endpoint.ts';
import { parseRule } from './parse-rule.ts';
import { type Rule, ruleWords, type ServerRule, type ServiceRule, serviceWords } from './rule.ts';
import { splitWords } from './split-words.ts';

/** Rules that a sandbox may hold: 5,000 services with 3 servers each. Services and servers are counted together. */
const mostRules = 20_000;

/** A rule that can be restored. */
type RestoredRule = (ServiceRule & { readonly do: 'add-service' }) | (ServerRule & { readonly do: 'add-server' });

/**
 * Reads the rules that are to be restored into an empty table, one on a line. What ipvsadm or the kernel would refuse
 * there is refused here: a server of a service that no line before adds, and what is added twice. `why` names the first
 * wrong line by its number.
 */
export function readRuleFile(text: string): Parsed<readonly RestoredRule[]> {
  const rules: RestoredRule[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const rule = parseLine(line);
    const fault = rule.ok ? faultAmong(rule.value, seen, rules.length) : rule.why;
    if (!rule.ok || fault !== undefined) return reject(`line ${index + 1}: ${fault ?? ''}`);
    seen.add(keyOf(rule.value));
    rules.push(rule.value);
  }
  return rules.length === 0 ? reject('there are no rules') : accept(rules);
}

/** The text that `ipvsadm -R` reads. */
export function ruleFileText(rules: readonly Rule[]): string {
  return rules.map((rule) => `${ruleWords(rule).join(' ')}\n`).join('');
}

function parseLine(line: string): Parsed<RestoredRule> {
  const rule = parseRule(splitWords(line), 'said');
  if (!rule.ok) return rule;
  return isRestored(rule.value)
    ? accept(rule.value)
    : reject(`--${rule.value.do} cannot be restored: only --add-service and --add-server can`);
}

function isRestored(rule: Rule): rule is RestoredRule {
  return rule.do === 'add-service' || rule.do === 'add-server';
}

function faultAmong(rule: RestoredRule, seen: ReadonlySet<string>, before: number): string | undefined {
  if (before === mostRules) {
    return `this is rule ${before + 1}; a sandbox holds at most ${mostRules}, services and servers counted together`;
  }
  const service = serviceWords(rule.service).join(' ');
  if (rule.do === 'add-server' && !seen.has(service)) return `no line before adds the service ${service}`;
  if (!seen.has(keyOf(rule))) return undefined;
  return `a line before adds the ${rule.do === 'add-server' ? 'server' : 'service'} ${keyOf(rule)} already`;
}

function keyOf(rule: RestoredRule): string {
  const service = serviceWords(rule.service).join(' ');
  return rule.do === 'add-server' ? `${service} -r ${endpointText(rule.server)}` : service;
}
