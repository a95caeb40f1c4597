import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRule } from '../../../src/kata-ipvs/rules/parse-rule.ts';
import { readRuleFile, ruleFileText } from '../../../src/kata-ipvs/rules/rule-file.ts';
import { ruleWords } from '../../../src/kata-ipvs/rules/rule.ts';
import { anyRule } from './any-rule.ts';

it('what is written is read as the same rule', () => {
  fc.assert(
    fc.property(anyRule, fc.constantFrom('added' as const, 'said' as const), (rule, nat) => {
      expect(parseRule(ruleWords(rule), nat)).toEqual({ ok: true, value: rule });
    }),
  );
});

it('no word that is written means anything to a shell but brackets', () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      expect(ruleWords(rule).filter((word) => !/^[\w.:[\]-]+$/.test(word))).toEqual([]);
    }),
  );
});

it('a file that is written is read as the same rules', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { minLength: 1, maxLength: 20 }), (rules) => {
      const services = rules.filter((rule) => rule.do === 'add-service');
      const read = readRuleFile(ruleFileText(services));
      // Of two services that are the same, the second is refused.
      if (read.ok) expect(read.value).toEqual(services);
      else expect(read.why).toMatch(services.length === 0 ? /^there are no rules$/ : /adds the service .* already$/);
    }),
  );
});

it('reading never throws, whatever the words are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('-A', '-a', '-t', '--set', '-p', '-r', '1'))),
      (words) => {
        const rule = parseRule(words, 'added');
        if (rule.ok) expect(parseRule(ruleWords(rule.value), 'said')).toEqual(rule);
        else expect(rule.why).not.toBe('');
      },
    ),
  );
});
