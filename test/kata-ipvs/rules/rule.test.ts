import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRule } from '../../../src/kata-ipvs/rules/rule.ts';
import { readRuleFile, ruleFileText } from '../../../src/kata-ipvs/rules/rule-file.ts';
import { anyRule, anyService } from './any-rule.ts';

it('words in the form of ipvsadm are read and written as they are', () => {
  fc.assert(
    fc.property(anyRule, fc.constantFrom('added' as const, 'given' as const), (words, nat) => {
      const rule = parseRule(words, nat);
      expect(rule.ok ? rule.value.words : rule.why).toEqual(words);
    }),
  );
});

it('no word that is written means anything to a shell but brackets', () => {
  fc.assert(
    fc.property(anyRule, (words) => {
      const rule = parseRule(words, 'given');
      expect(rule.ok ? rule.value.words.filter((word) => !/^[\w.:[\]-]+$/.test(word)) : rule.why).toEqual([]);
    }),
  );
});

it('a file in the form of ipvsadm is read and written as it is', () => {
  fc.assert(
    fc.property(fc.array(anyService, { maxLength: 20 }), (services) => {
      const text = services.map((words) => `${words.join(' ')}\n`).join('');
      const read = readRuleFile(text);
      // If two services are equal, the second is refused.
      if (read.ok) expect(ruleFileText(read.value)).toBe(text);
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
        if (rule.ok) expect(parseRule(rule.value.words, 'given')).toEqual(rule);
        else expect(rule.why).not.toBe('');
      },
    ),
  );
});
