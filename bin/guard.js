#!/usr/bin/env node
import module from 'node:module';

// Node 22 and newer keep compiled code on disk; Node 20 has no such function.
module.enableCompileCache?.();

const { main } = await import('../dist/cli.js');
await main(process.argv);
