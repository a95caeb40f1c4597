// Entry point of the program for Node.
import './host/system/node-version.ts';
import './main.ts';
