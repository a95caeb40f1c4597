import * as node from '../../src/bytes/node.ts';
import { describeBytes } from './describe-bytes.ts';

describeBytes('on Node', node);
