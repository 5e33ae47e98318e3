import { expect, test } from 'vitest';
import { ResourceRoutes } from '../../../src/gateway/merge/resource-routes.js';
import { GATEWAY_NAMES_MAX } from '../../../src/platform/bounds.js';

function routes(): { readonly routes: ResourceRoutes; readonly collisions: string[] } {
  const collisions: string[] = [];
  const onCollision = (uri: string, first: string, second: string): void =>
    void collisions.push(`${uri}: ${first} x ${second}`);
  return { routes: new ResourceRoutes({ onCollision }), collisions };
}

test('an address leads to the server that listed it', () => {
  const { routes: known } = routes();
  expect(known.learn('uri', 'file:///a', 'files')).toBe(true);
  expect(known.learn('uri', 'file:///b', 'other')).toBe(true);
  expect(known.find('file:///a')).toBe('files');
  expect(known.find('file:///b')).toBe('other');
  expect(known.find('file:///c')).toBeUndefined();
});

test('the first server that lists an address keeps it, and the second is reported once', () => {
  const { routes: known, collisions } = routes();
  known.learn('uri', 'file:///a', 'files');
  expect(known.learn('uri', 'file:///a', 'files')).toBe(true);
  expect(known.learn('uri', 'file:///a', 'other')).toBe(false);
  expect(known.learn('uri', 'file:///a', 'other')).toBe(false);
  expect(known.find('file:///a')).toBe('files');
  expect(collisions).toEqual(['file:///a: files x other']);
});

test('an address that nobody listed goes to the template that begins like it, the longest first', () => {
  const { routes: known } = routes();
  known.learn('uriTemplate', 'db://{table}', 'wide');
  known.learn('uriTemplate', 'db://orders/{id}', 'orders');
  expect(known.find('db://customers/1')).toBe('wide');
  expect(known.find('db://orders/1')).toBe('orders');
  expect(known.find('file:///a')).toBeUndefined();
});

test('an address that was listed wins over every template', () => {
  const { routes: known } = routes();
  known.learn('uriTemplate', 'db://orders/{id}', 'orders');
  known.learn('uri', 'db://orders/1', 'archive');
  expect(known.find('db://orders/1')).toBe('archive');
});

test('a template that begins with its expression takes what nobody else has', () => {
  const { routes: known } = routes();
  known.learn('uriTemplate', '{+path}', 'any');
  known.learn('uri', 'file:///a', 'files');
  expect(known.find('file:///a')).toBe('files');
  expect(known.find('file:///b')).toBe('any');
});

test('a template and an address of the same text do not meet', () => {
  const { routes: known, collisions } = routes();
  expect(known.learn('uri', 'db://{id}', 'one')).toBe(true);
  expect(known.learn('uriTemplate', 'db://{id}', 'two')).toBe(true);
  expect(known.learn('uriTemplate', 'db://{id}', 'three')).toBe(false);
  expect(collisions).toEqual(['db://{id}: two x three']);
});

test('a server that is gone takes its addresses and templates along', () => {
  const { routes: known } = routes();
  known.learn('uri', 'file:///a', 'files');
  known.learn('uriTemplate', 'db://{id}', 'files');
  known.learn('uri', 'file:///b', 'other');
  known.forget('files');
  expect(known.find('file:///a')).toBeUndefined();
  expect(known.find('db://1')).toBeUndefined();
  expect(known.find('file:///b')).toBe('other');
  expect(known.learn('uri', 'file:///a', 'other')).toBe(true);
});

test('a bounded number is remembered; known addresses go on being shown', () => {
  const { routes: known } = routes();
  for (let index = 0; index < GATEWAY_NAMES_MAX; index++) known.learn('uri', `u:${index}`, 'files');
  expect(known.learn('uri', 'u:one more', 'files')).toBe(false);
  expect(known.learn('uri', 'u:0', 'files')).toBe(true);
  expect(known.find('u:one more')).toBeUndefined();
});
