import { kinds, recordedKinds } from '../../src/kinds/table.ts';
import { toy } from './toy.ts';

// Before any other module has read the table.
Object.assign(kinds, { toy });
Object.assign(recordedKinds, { toy });
