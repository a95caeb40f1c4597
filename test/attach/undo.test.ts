import { describe, expect, it } from 'vitest';

import { Undo } from '../../src/attach/attempts.ts';

/** An undo whose steps record their names; a step with an error throws it. */
function steps() {
  const undo = new Undo();
  const done: string[] = [];
  const step = (name: string, why?: unknown) => () => {
    done.push(name);
    if (why !== undefined) throw why as unknown;
  };
  return { undo, done, step };
}

describe('Undo', () => {
  it('takes the last step back first, one step after the other', async () => {
    const { undo, done, step } = steps();
    undo.add('take a back', step('a'));
    undo.add('take b back', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      step('b')();
    });
    undo.add('take c back', step('c'));
    expect(await undo.run()).toEqual([]);
    expect(done).toEqual(['c', 'b', 'a']);
  });

  it('continues after a step that fails, and returns every failure', async () => {
    const { undo, done, step } = steps();
    undo.add('take a back', step('a', 'no words'));
    undo.add('take b back', step('b'));
    undo.add('take c back', () => Promise.reject(new Error('it is stuck')));
    expect(await undo.run()).toEqual(['could not take c back: it is stuck', 'could not take a back: no words']);
    expect(done).toEqual(['b', 'a']);
  });

  it('says again of what a step failed that ADD failed of', async () => {
    const { undo, step } = steps();
    undo.add('release the addresses', step('a', new Error('no server')));
    undo.add('remove the tap', step('b', new Error('busy')));
    const failures = ['could not remove the tap: busy', 'could not release the addresses, for the same reason'];
    expect(await undo.run(new Error('no server'))).toEqual(failures);
  });

  it('says what becomes of a step that failed, where it was told', async () => {
    const { undo, step } = steps();
    undo.add('remove the tap', step('a', new Error('busy')), 'it goes with the machine');
    undo.add('take the card out', step('b', new Error('late')), 'DEL tries again');
    undo.add('take the entry out', step('c'), 'nobody reads it');
    expect(await undo.run(new Error('late'))).toEqual([
      'could not take the card out, for the same reason; DEL tries again',
      'could not remove the tap: busy; it goes with the machine',
    ]);
  });

  it('keeps the record if a later step could not be undone', async () => {
    const { undo, done, step } = steps();
    undo.addIfClean('remove the record', step('record'));
    undo.add('remove the tap', step('tap', new Error('busy')));
    undo.add('take the entry out', step('entry'));
    expect(await undo.run()).toEqual(['could not remove the tap: busy']);
    expect(done).toEqual(['entry', 'tap']);
  });

  it('removes the record if every later step was undone', async () => {
    const { undo, done, step } = steps();
    undo.add('before', step('before', new Error('late')));
    undo.addIfClean('remove the record', step('record'));
    undo.add('remove the tap', step('tap'));
    expect(await undo.run()).toEqual(['could not before: late']);
    expect(done).toEqual(['tap', 'record', 'before']);
  });

  it('does nothing when it runs again, or without a step', async () => {
    const { undo, done, step } = steps();
    expect(await undo.run()).toEqual([]);
    undo.add('take a back', step('a'));
    await undo.run();
    expect(await undo.run()).toEqual([]);
    expect(done).toEqual(['a']);
  });
});
