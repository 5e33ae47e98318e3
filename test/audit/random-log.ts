import type { Random } from '../support/random.js';
import { decisionFields, encoderOf, outcomeFields, TS } from './lines.js';

/** A log of two writers whose calls overlap; some are held first, some never end, some began elsewhere. */
export function randomLog(random: Random): string[] {
  const lines: string[] = [];
  const open: (() => string)[] = [];
  const writers = ['w1', 'w2'].map((name) => ({
    one: encoderOf(name, { agent: 'claude', upstream: 'files' }),
    two: encoderOf(name, { agent: null, upstream: 'é' }),
  }));
  for (let id = 1; id < 40; id += 1) {
    const { one, two } = random.pick(writers);
    const encoder = random.pick([one, one, two]);
    const ts = new Date(Date.parse(TS) + id * 1000 + random.below(3000)).toISOString();
    const tool = random.pick(['read_file', 'write_file', 'say "hi"', null]);
    const decision = random.pick(['allow', 'deny'] as const);
    const fields = decisionFields(`r${id}`, {
      tool,
      decision,
      rule: random.pick(['reads', null]),
      arg_size: random.below(100),
      approval: null,
      ...(random.below(2) === 0 ? { arguments: { path: random.pick(['/etc/passwd', '/tmp']) } } : {}),
    });
    const outcome = (): string =>
      encoder.outcome(
        new Date(Date.parse(ts) + random.below(9000)).toISOString(),
        outcomeFields(`r${id}`, {
          tool,
          result: random.pick(['ok', 'error'] as const),
          latency_ms: random.below(50),
        }),
      );
    const way = random.below(10);
    if (way === 0) lines.push(encoder.event(ts, { event: 'reload', detail: tool }));
    else if (way === 1) lines.push(outcome());
    else if (way === 2) {
      lines.push(encoder.decision(ts, { ...fields, decision: 'require_approval', approval: { id: 'a' } }));
      open.push(() => {
        open.push(outcome);
        return encoder.decision(ts, { ...fields, approval: { id: 'a' } });
      });
    } else {
      lines.push(encoder.decision(ts, fields));
      if (way < 9) open.push(outcome);
    }
    while (open.length > random.below(6)) lines.push(open.splice(random.below(open.length), 1)[0]?.() ?? '');
  }
  return lines;
}
