import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/policy/evaluate.js';
import { type Prepared, SubjectMemory } from '../../src/policy/subject-memory.js';
import type { Subject } from '../../src/policy/subject.js';
import { DEFAULT_HINTS, call, compiled, deny, layer } from './support.js';

function counting(): { memory: SubjectMemory; asked: Subject[] } {
  const asked: Subject[] = [];
  const memory = new SubjectMemory((subject): Prepared => {
    asked.push(subject);
    return { layers: [], constant: undefined };
  });
  return { memory, asked };
}

describe('what is remembered of subjects', () => {
  test('the same names are prepared once, whatever the arguments', () => {
    const { memory, asked } = counting();
    memory.recall(call({ input: { a: 1 } }));
    memory.recall(call({ input: { a: 2 }, session: 'other', claims: { a: 1 }, scopes: ['b'] }));
    expect(asked).toHaveLength(1);
  });

  test.each<readonly [string, Partial<Subject>]>([
    ['method', { method: 'tools/list' }],
    ['server', { server: 'other' }],
    ['tool', { tool: 'other' }],
    ['no tool', { tool: undefined }],
    ['an empty tool', { tool: '' }],
    ['prompt', { prompt: '' }],
    ['agent', { agent: 'other' }],
    ['no agent', { agent: undefined }],
    ['no client', { client: undefined }],
    ['standing', { standing: 'drifted' }],
    ['known method', { knownMethod: false }],
    ['hints', { hints: { ...DEFAULT_HINTS, openWorldHint: false } }],
    ['characters moved between names', { server: 'filesread', tool: '_file' }],
    ['characters moved between agent and client', { agent: 'support-1claude', client: '-code' }],
  ])('%s tells subjects apart', (_what, changes) => {
    const { memory, asked } = counting();
    memory.recall(call());
    memory.recall(call(changes));
    expect(asked).toHaveLength(2);
  });

  test('it is bounded, and forgetting changes no decision', () => {
    const { memory, asked } = counting();
    for (let tool = 0; tool < 4096; tool += 1) memory.recall(call({ tool: `t${tool}` }));
    memory.recall(call({ tool: 't0' }));
    expect(asked).toHaveLength(4096);
    memory.recall(call({ tool: 'one more' }));
    memory.recall(call({ tool: 't0' }));
    expect(asked).toHaveLength(4098);
  });

  test('names that are very long are not kept', () => {
    const { memory, asked } = counting();
    memory.recall(call({ tool: 'x'.repeat(2000) }));
    memory.recall(call({ tool: 'x'.repeat(2000) }));
    expect(asked).toHaveLength(2);
  });

  test('a decision that no argument can change is the same value each time', () => {
    const policy = compiled([layer([deny({ tool: 'read_*' })])]);
    expect(evaluate(policy, call({ input: { a: 1 } }))).toBe(evaluate(policy, call({ input: { a: 2 } })));
  });

  test('ten thousand rules about other tools leave nothing to look at', () => {
    const others = Array.from({ length: 10_000 }, (_unused, index) =>
      deny(
        { tool: index % 2 === 0 ? `other_${index}` : `other_${index}_*`, input: { '$.a': { eq: 1 } } },
        `${index}`,
      ),
    );
    const policy = compiled([layer([...others, deny({ tool: 'read_file', input: { '$.a': { eq: 1 } } })])]);
    expect(policy.memory.recall(call()).layers.map((one) => one.candidates.length)).toEqual([1]);
  });
});
