import { expect, test } from 'vitest';
import { serverWord } from '../../../src/clients/edit/guard-words.js';
import { verifies } from '../../requirements.js';

verifies('cli:as-typed');

test.each([
  ['github', 'github'],
  ['007', '007'],
  ['1e3', '1e3'],
  ['$HOME{x}', 'HOME-x-'],
  ['--server', 'server'],
  ['my server', 'my server'],
  ['', 'server'],
  ['$$', 'server'],
])('the entry %j is known as %j', (name, expected) => {
  expect(serverWord(name, false)).toBe(expected);
});
