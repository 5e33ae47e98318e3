#!/usr/bin/env node
import module from 'node:module';

// Node 22 and newer keep compiled code on disk; Node 20 has no such function.
module.enableCompileCache?.();

// The doors are loaded from few files, since clients wait; the other commands come from many.
const [first = ''] = process.argv.slice(2);
const isDoor =
  first.startsWith('-') && process.argv.some((word) => word === '--' || word.startsWith('--url'));
const { main } = await (isDoor
  ? import('../dist/wrap-door.js')
  : first === 'serve'
    ? import('../dist/serve-door.js')
    : import('../dist/cli.js'));
await main(process.argv);
