import { describe, expect, it } from 'vitest';
import { flag, readOptions, valued } from '../../../src/kata-ipvs/rules/options.ts';

const shapes = [
  flag('list', 'Ll'),
  flag('numeric', 'n'),
  flag('set'),
  valued('tcp-service', 't'),
  valued('weight', 'w'),
];
const read = (line: string) => {
  const given = readOptions(line.split(' '), shapes);
  return given.ok ? { ...Object.fromEntries(given.value.options), rest: given.value.rest.join(' ') } : given.why;
};

describe('options', () => {
  it.each([
    ['--list --tcp-service a:1 -w 3', { list: '', 'tcp-service': 'a:1', weight: '3', rest: '' }],
    ['--tcp-service=a:1 -w3 -l', { list: '', 'tcp-service': 'a:1', weight: '3', rest: '' }],
    ['-t=a:1 --weight=', { 'tcp-service': 'a:1', weight: '', rest: '' }],
    ['-Lnta:1', { list: '', numeric: '', 'tcp-service': 'a:1', rest: '' }],
    ['-Lnt a:1', { list: '', numeric: '', 'tcp-service': 'a:1', rest: '' }],
    ['-w -1', { weight: '-1', rest: '' }],
    ['--weight --list', { weight: '--list', rest: '' }],
    ['--set 1 2 -n 3 -', { set: '', numeric: '', rest: '1 2 3 -' }],
    ['--weight=a=b', { weight: 'a=b', rest: '' }],
  ])('%s', (line, given) => {
    expect(read(line)).toEqual(given);
  });

  it.each([
    ['-x', '"-x" is no option here'],
    ['-Lx', '"-x" is no option here'],
    ['--weigth 3', '"--weigth" is no option here'],
    ['--', '"--" is no option here'],
    ['--list=yes', '"--list" takes no value'],
    ['-L -w', '"-w" needs a value'],
    ['--tcp-service', '"--tcp-service" needs a value'],
    ['-w 1 --weight 1', '--weight is given twice'],
    ['-L -l', '--list is given twice'],
    ['-Ln -n', '--numeric is given twice'],
  ])('%s is refused', (line, why) => {
    expect(read(line)).toBe(why);
  });
});
