import { expect, test } from 'vitest';
import { interpolate } from '../../src/config/interpolate.js';
import { mistakesOf } from './check-yaml.js';
import { verifies } from '../requirements.js';

verifies('config:project:no-env');

test('values are replaced, keys and escapes are not', () => {
  const { value, problems } = interpolate(
    { '${A}': ['x${A}y', '${B:-none}', '${C:-}', '$${A}', '$A', '${EMPTY:-full}', '${EMPTY}', 3, null] },
    { A: 'one', EMPTY: '' },
  );
  expect(value).toEqual({ '${A}': ['xoney', 'none', '', '${A}', '$A', 'full', '', 3, null] });
  expect(problems).toEqual([]);
});

test('a value is not interpolated again', () => {
  expect(interpolate('${A}', { A: '${B}', B: 'secret' }).value).toBe('${B}');
});

test('variables of the account and the environment label are no secrets', () => {
  const { secrets } = interpolate(
    { environment: '${STAGE}', a: '${HOME}/x', b: '${TOKEN}', c: '${OTHER_TOKEN:-x}', d: '${PIN}' },
    { STAGE: 'production', HOME: '/home/ann', TOKEN: 'abc-123', PIN: '123' },
  );
  expect(secrets).toEqual({ names: ['TOKEN', 'OTHER_TOKEN', 'PIN'], values: ['abc-123'] });
});

test('unset and malformed references are mistakes with their place', () => {
  const text = "version: '1'\nlog:\n  level: ${LEVEL}\naudit: { path: 'a${no-name}b${open' }\n";
  expect(mistakesOf(text)).toEqual([
    '3:10 log.level: environment variable LEVEL is not set (set it, or write ${LEVEL:-default})',
    '4:16 audit.path: expected ${VARIABLE} or ${VARIABLE:-default}, got ${no-name} (write $${ for a plain ${)',
    '4:16 audit.path: expected ${VARIABLE} or ${VARIABLE:-default}, got ${open (write $${ for a plain ${)',
  ]);
});

test('members of Object.prototype are no variables', () => {
  expect(interpolate('${constructor}', {}).problems).toHaveLength(1);
});

test('project files read no variables', () => {
  const text =
    "version: '1'\npolicies: { rules: [{ match: {}, action: deny, feedback: { message: 'key: ${TOKEN}' } }] }";
  expect(mistakesOf(text, { layer: 'project', env: { TOKEN: 'abcdef' } })).toEqual([
    '2:69 policies.rules[0].feedback.message: ${TOKEN} is not read in a project file (move it to your own config file, or write $${ for a plain ${)',
  ]);
});
