import { expect, test } from 'vitest';
import { mistakesOf } from './check-yaml.js';

/** The mistakes of such channels, without their places in the text. */
const told = (...channels: (string | object)[]): string[] =>
  mistakesOf(JSON.stringify({ version: '1', approval: { channels } })).map((line) =>
    line.replace(/^\S+ /, ''),
  );

const webhook = (name: string): object => ({ type: 'webhook', name, url: 'https://a.example/' });

test('one channel of each kind is no mistake, and several webhooks are none', () => {
  expect(told('client', 'terminal')).toEqual([]);
  expect(told({ type: 'terminal', name: 'desk' }, 'client', webhook('a'), webhook('b'))).toEqual([]);
});

test.each([
  ['terminal', 'both would be the same folder'],
  ['client', 'both would ask in the same client'],
])('a second channel of type %s is a mistake, whatever it is called', (type, why) => {
  const mistake = (at: number): string =>
    `approval.channels[${at}]: a channel above is of type ${type} already: ${why}`;
  expect(told(type, { type, name: 'desk' })).toEqual([mistake(1)]);
  expect(told({ type, name: 'desk' }, 'desktop', type)).toEqual([mistake(2)]);
  expect(told({ type, name: 'a' }, { type, name: 'b' }, { type, name: 'c' })).toEqual([
    mistake(1),
    mistake(2),
  ]);
});

test('a channel that is there twice under one name is one mistake', () => {
  expect(told('terminal', 'terminal')).toEqual([
    'approval.channels[1]: the name terminal is taken: a channel above has it already',
  ]);
});
