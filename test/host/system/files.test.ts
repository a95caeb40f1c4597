import { describe } from 'vitest';

import { system } from '../../../src/host/system/node.ts';
import { fileSituations } from './file-situations.ts';
import { testSituations } from './test-situations.ts';
import { wantedOfFiles } from './wanted.ts';

describe('what the system for Node does with files:', () => {
  testSituations(fileSituations(system), wantedOfFiles);
});
