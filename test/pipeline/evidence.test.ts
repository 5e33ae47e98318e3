import { describe, expect, test } from 'vitest';
import type { RecordResult } from '../../src/audit/record.js';
import { compileEvidence, type CompiledEvidence, type EvidenceLayer } from '../../src/limits/evidence.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import type { Ruling } from '../../src/pipeline/ruling.js';
import { settleCharge } from '../../src/pipeline/settle.js';
import type { LayerSource } from '../../src/policy/compile.js';
import { handKey } from '../../src/policy/evidence-key.js';
import type { EvidenceSource, RuleSource } from '../../src/policy/source.js';
import type { Subject } from '../../src/policy/subject.js';
import { BASE, compiled, layer, ports } from '../policy/support.js';
import { verifies } from '../requirements.js';
import { asking } from '../support/asking.js';
import { counting } from '../support/counting.js';
import { governed, shown, trailInMemory } from './support.js';

verifies('limits:evidence:required', 'limits:evidence:layers');

const MINUTE = 60_000;
const TESTS: EvidenceSource = { name: 'tests', match: { tool: 'run_*' }, ttl: '30m' };
const DEPLOY: RuleSource = {
  name: 'deploy',
  match: { tool: 'deploy' },
  action: 'allow',
  requires_evidence: ['tests'],
};
const FREE = { policy: { unlisted_tools: 'allow' } } as const;

function told(evidence: readonly EvidenceSource[], changes: Partial<EvidenceLayer> = {}): EvidenceLayer {
  return { layer: 'user', environment: undefined, baseDir: BASE, evidence, ...changes };
}

function evidenceOf(...layers: readonly EvidenceLayer[]): CompiledEvidence {
  const result = compileEvidence(layers, ports);
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result.evidence;
}

interface Rig extends ReturnType<typeof counting> {
  readonly rule: (tool: string, changes?: Partial<Subject>) => Ruling;
  readonly done: (tool: string, result?: RecordResult, changes?: Partial<Subject>) => void;
}

function rig(
  evidence: CompiledEvidence = evidenceOf(told([TESTS])),
  layers: readonly LayerSource[] = [layer([DEPLOY], FREE)],
): Rig {
  const policy = compiled(layers);
  const counted = counting(undefined, policy, evidence);
  const pipeline = composePipeline({
    policyInForce: () => policy,
    trail: trailInMemory(),
    approvals: asking().gate,
    limits: counted.gate,
    killSwitch: () => undefined,
  });
  const rule: Rig['rule'] = (tool, changes) => pipeline.rule(governed({ tool, ...changes }));
  return Object.assign(counted, {
    rule,
    done(tool: string, result: RecordResult = 'ok', changes?: Partial<Subject>) {
      const ruling = rule(tool, changes);
      if (ruling.kind !== 'forward') throw new Error(shown(ruling));
      if (ruling.charge === undefined) return;
      settleCharge(counted.ledger, ruling.charge, result, counted.nowMs, (why) => counted.notes.push(why));
    },
  });
}

function denialOf(ruling: Ruling): Extract<Ruling, { kind: 'deny' }>['denial'] {
  if (ruling.kind !== 'deny') throw new Error(shown(ruling));
  return ruling.denial;
}

test('missing and expired are told apart, and a success puts it in for its time', () => {
  const state = rig();
  expect(denialOf(state.rule('deploy'))).toEqual({
    reason: 'evidence_missing',
    message: 'The tool "deploy" was not executed: it requires evidence of "tests", which was not put in.',
    suggestion: 'A success of "run_*" puts it in: call that first, then the same call passes.',
    rule: 'deploy',
    action: 'requires',
    retryAllowed: true,
    missingEvidence: ['tests'],
    requestId: 'w-1',
  });
  state.done('run_all', 'tool-error');
  expect(denialOf(state.rule('deploy')).reason).toBe('evidence_missing');
  state.done('run_all');
  state.nowMs += 30 * MINUTE - 1;
  expect(shown(state.rule('deploy'))).toBe('forward');
  state.nowMs += 1;
  const expired = denialOf(state.rule('deploy'));
  expect(expired.reason).toBe('evidence_expired');
  expect(expired.message).toBe('The tool "deploy" was not executed: its evidence of "tests" has expired.');
  state.done('run_all');
  expect(shown(state.rule('deploy'))).toBe('forward');
});

test('a clock that steps back by more than a minute ends what was put in since', () => {
  const state = rig();
  state.done('run_all');
  state.nowMs -= MINUTE;
  expect(shown(state.rule('deploy'))).toBe('forward');
  state.nowMs -= 1;
  expect(shown(state.rule('deploy'))).toBe('deny evidence_expired by deploy');
});

test('both lacking are named, and tools that must come first come first', () => {
  const state = rig(undefined, [
    layer([{ ...DEPLOY, requires: ['build'], requires_evidence: ['tests', 'ticket'] }], FREE),
  ]);
  state.done('run_all');
  state.nowMs += 31 * MINUTE;
  expect(shown(state.rule('deploy'))).toBe('deny dependency_missing by deploy');
  state.done('build');
  const denial = denialOf(state.rule('deploy'));
  expect([denial.reason, denial.missingEvidence]).toEqual(['evidence_missing', ['ticket', 'tests']]);
  expect(denial.message).toContain('"ticket", which was not put in, and its evidence of "tests" has expired');
});

test('a call without a session is denied, and another session has nothing', () => {
  const { rule, done } = rig();
  done('run_all');
  expect(shown(rule('deploy', { session: undefined }))).toBe('deny session_unresolved by deploy');
  expect(shown(rule('deploy', { session: 's2' }))).toBe('deny evidence_missing by deploy');
});

test('a match that is unknown, not met, or of no tool call puts nothing in', () => {
  const matching = { ...TESTS, match: { input: { '$.count': { gt: 1 } } } };
  const { rule, done, ledger, nowMs } = rig(evidenceOf(told([matching])));
  done('run_all', 'ok', { input: { count: 'many' } });
  done('run_all', 'ok', { input: { count: 1 } });
  done('run_all', 'ok', { tool: undefined, method: 'resources/read', input: { count: 2 } });
  expect(ledger.marks(null, nowMs)).toEqual({ kind: 'known', marks: [] });
  done('run_all', 'ok', { input: { count: 2 } });
  expect(shown(rule('deploy'))).toBe('forward');
});

describe('what counts for whom', () => {
  test('what a project tells of does not count for a rule of another layer or project, what is put in by hand does', () => {
    const { rule, done, ledger, nowMs } = rig(evidenceOf(told([TESTS], { layer: 'project' })));
    done('run_all');
    expect(shown(rule('deploy'))).toBe('deny evidence_missing by deploy');
    expect(denialOf(rule('deploy')).suggestion).toBe(
      'Ask the user for it; once it is in, the same call passes.',
    );
    ledger.mark({ session: 's1', key: handKey('tests'), untilMs: nowMs + 1 }, nowMs);
    expect(shown(rule('deploy'))).toBe('forward');
  });

  test('a project counts its own and no other project', () => {
    const own = [layer([DEPLOY], { ...FREE, layer: 'project', baseDir: BASE })];
    const same = rig(evidenceOf(told([TESTS], { layer: 'project' })), own);
    same.done('run_all');
    expect(shown(same.rule('deploy'))).toBe('forward');
    const other = rig(evidenceOf(told([TESTS], { layer: 'project', baseDir: '/elsewhere' })), own);
    other.done('run_all');
    expect(shown(other.rule('deploy'))).toBe('deny evidence_missing by deploy');
  });
});
