import { readHints } from '../mcp/hints.js';
import { clientRequestHandling, serverRequestHandling } from '../mcp/methods.js';
import { readTarget } from '../mcp/request-target.js';
import type { JsonObject } from '../platform/json.js';
import { explain, type Explanation } from '../policy/explain.js';
import type { Subject, ToolStanding } from '../policy/subject.js';
import { createStage, type Played, type Stage, type StagedPolicy } from './stage.js';

/** A call as a test states it. */
interface TestedCall {
  readonly method?: string;
  readonly server?: string;
  readonly tool?: string;
  readonly uri?: string;
  readonly prompt?: string;
  readonly arguments?: JsonObject;
  readonly agent?: string;
  readonly client?: string;
  readonly session?: string | null;
  readonly claims?: JsonObject;
  readonly scopes?: readonly string[];
  readonly hints?: Readonly<Record<string, boolean>>;
  readonly standing?: ToolStanding;
}

/** What a test expects of a call; what is left out may be anything. */
export interface Expected {
  readonly decision?: string;
  readonly rule?: string;
  readonly layer?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface TestedStep {
  readonly call: TestedCall;
  /** Milliseconds from the start of the test. */
  readonly atMs: number;
  readonly times: number;
  readonly approved: boolean;
  readonly result: 'ok' | 'tool-error' | 'error' | 'timeout';
  readonly expect: Expected;
}

/** What came of a call, in the words of the audit log. */
export type Got = Required<Expected>;

/** A call that did not come to what was expected. */
export interface Mismatch {
  /** Position of the step, from 1. */
  readonly step: number;
  /** Which of its repetitions, from 1. */
  readonly time: number;
  readonly times: number;
  readonly expected: Expected;
  readonly got: Got;
  /** The members of the expectation that are not met. */
  readonly wrong: readonly (keyof Expected)[];
  /** How the rules came to it; undefined where policy was not asked. */
  readonly explanation: Explanation | undefined;
}

/** The end of a test: nothing where all came to what was expected, else the first call that did not. */
export type TestEnd = { readonly ok: true } | { readonly ok: false; readonly mismatch: Mismatch };

/** Where the clock of a test begins; any time would do. */
const START_MS = Date.UTC(2026, 0, 1);
const SESSION = 'test';

/** Plays the steps of a test in their order, with a clock and counters of their own, up to the first surprise. */
export function runPolicyTest(
  staged: StagedPolicy,
  { steps, evidence }: { readonly steps: readonly TestedStep[]; readonly evidence: readonly string[] },
): TestEnd {
  const stage = createStage(staged);
  const sessions = new Set(steps.map(({ call }) => sessionOf(call)));
  for (const session of sessions) {
    if (session === undefined) continue;
    for (const name of evidence) stage.putEvidence(name, session, null, START_MS);
  }
  for (const [index, step] of steps.entries()) {
    for (let time = 1; time <= step.times; time += 1) {
      const mismatch = playStep(stage, staged, step);
      if (mismatch !== undefined) {
        return { ok: false, mismatch: { step: index + 1, time, times: step.times, ...mismatch } };
      }
    }
  }
  return { ok: true };
}

function playStep(
  stage: Stage,
  { policy }: StagedPolicy,
  { call, atMs, approved, result, expect: expected }: TestedStep,
): Omit<Mismatch, 'step' | 'time' | 'times'> | undefined {
  const subject = subjectOf(call);
  const nowMs = START_MS + atMs;
  let got: Got;
  if ('got' in subject) {
    got = subject.got;
  } else {
    const played = stage.play(subject, { atMs: nowMs, approved });
    if (played.charge !== undefined) stage.end(played.charge, result, nowMs);
    got = gotOf(played);
  }
  const wrong = (['decision', 'rule', 'layer', 'reason', 'message'] as const).filter((key) => {
    const wanted = expected[key];
    if (wanted === undefined) return false;
    return key === 'message' ? !got.message.includes(wanted) : got[key] !== wanted;
  });
  if (wrong.length === 0) return undefined;
  const explanation = 'got' in subject ? undefined : explain(policy, subject);
  return { expected, got, wrong, explanation };
}

function gotOf({ decision, rule, reason, message }: Played): Got {
  return { decision, rule: rule.name, layer: rule.layer, reason, message: message ?? '' };
}

function sessionOf({ session }: TestedCall): string | undefined {
  return session === null ? undefined : (session ?? SESSION);
}

/** The call as a door would put it to policy, or what a door makes of it without asking. */
function subjectOf(call: TestedCall): Subject | { readonly got: Got } {
  const method = call.method ?? methodOf(call);
  const handling = clientRequestHandling(method) ?? serverRequestHandling(method);
  if (handling !== undefined && handling !== 'governed') {
    return { got: unasked('relay', 'not-governed', `policy is not asked about ${method}`) };
  }
  const target = readTarget(method, paramsOf(call));
  if ('invalid' in target) return { got: unasked('deny', 'invalid_params', target.invalid) };
  const { hints, claims, scopes } = call;
  const isVerified = claims !== undefined || scopes !== undefined;
  return {
    method,
    knownMethod: handling !== undefined,
    server: call.server ?? 'server',
    agent: call.agent,
    client: call.client,
    session: sessionOf(call),
    claims: isVerified ? (claims ?? {}) : undefined,
    scopes: isVerified ? (scopes ?? []) : undefined,
    ...target,
    standing: call.standing ?? (hints === undefined ? 'unknown' : 'listed'),
    hints: readHints(hints === undefined ? {} : { annotations: { ...hints } }),
  };
}

function unasked(decision: string, reason: string, message: string): Got {
  return { decision, rule: '', layer: '', reason, message };
}

function methodOf({ tool, uri, prompt }: TestedCall): string {
  if (tool !== undefined) return 'tools/call';
  return uri === undefined && prompt !== undefined ? 'prompts/get' : 'resources/read';
}

function paramsOf({ tool, uri, prompt, arguments: given }: TestedCall): JsonObject {
  const name = tool ?? prompt;
  if (name !== undefined) return { name, ...(given === undefined ? {} : { arguments: given }) };
  return { ...given, ...(uri === undefined ? {} : { uri }) };
}
