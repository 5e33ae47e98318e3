#!/usr/bin/env node
import module from 'node:module';

// Node 22 and newer keep compiled code on disk; Node 20 has no such function.
module.enableCompileCache?.();

// In front of a server few files are loaded, since a client waits; the other commands come from many.
const [first = ''] = process.argv.slice(2);
const isDoor =
  first.startsWith('-') && process.argv.some((word) => word === '--' || word.startsWith('--url'));
const { main } = await (isDoor ? import('../dist/door.js') : import('../dist/cli.js'));
await main(process.argv);
