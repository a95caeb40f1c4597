// The program for Node starts here.
import './host/system/node-version.ts';
import './main.ts';
