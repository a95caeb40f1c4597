// The program dan with one row more in its table of kinds, and no other difference.
import './add-toy.ts';
import '../../src/main.ts';
