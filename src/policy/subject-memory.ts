import {
  POLICY_INDEX_CANDIDATES_MAX,
  POLICY_INDEX_SUBJECTS_MAX,
  POLICY_INDEX_SUBJECT_CHARS_MAX,
} from '../platform/bounds.js';
import type { Decision } from './decision.js';
import type { PreparedLayer } from './prepare.js';
import type { Subject, ToolStanding } from './subject.js';

/** What is known of all calls that share their names, hints and standing. */
export interface Prepared {
  readonly layers: readonly PreparedLayer[];
  /** The decision itself, where no argument can change it. */
  readonly constant: Decision | undefined;
}

const STANDING_BITS: Record<ToolStanding, number> = { unknown: 0, listed: 1, unlisted: 2, drifted: 3 };

/**
 * Remembers what was prepared, so that a repeated call costs the same with ten rules and ten thousand.
 * INVARIANT: an entry is a pure function of the compiled layers and of its key, so that remembering,
 * forgetting and dropping everything never change a decision. Bounded by entries and by the
 * candidates that they hold together; when full, everything is dropped.
 */
export class SubjectMemory {
  readonly #entries = new Map<string, Prepared>();
  readonly #prepare: (subject: Subject) => Prepared;
  #candidates = 0;
  /** The subject that was remembered or found last, without its arguments: the next one is often alike. */
  #last: { readonly names: Names; readonly prepared: Prepared } | undefined;

  constructor(prepare: (subject: Subject) => Prepared) {
    this.#prepare = prepare;
  }

  /** What is known of the subject, computed where it is not remembered. */
  recall(subject: Subject): Prepared {
    const last = this.#last;
    if (last !== undefined && isAlike(last.names, subject)) return last.prepared;
    const key = keyOf(subject);
    if (key === undefined) return this.#prepare(subject);
    const prepared = this.#entries.get(key) ?? this.#remember(key, this.#prepare(subject));
    this.#last = { names: namesOf(subject), prepared };
    return prepared;
  }

  #remember(key: string, prepared: Prepared): Prepared {
    let candidates = 0;
    for (const layer of prepared.layers) candidates += layer.candidates.length;
    this.#candidates += candidates;
    if (this.#entries.size >= POLICY_INDEX_SUBJECTS_MAX || this.#candidates > POLICY_INDEX_CANDIDATES_MAX) {
      this.#entries.clear();
      this.#candidates = candidates;
    }
    this.#entries.set(key, prepared);
    return prepared;
  }
}

/** What the prepared part of a decision depends on. */
type Names = Omit<Subject, 'session' | 'claims' | 'scopes' | 'uri' | 'input'>;

function namesOf(subject: Subject): Names {
  const { method, knownMethod, server, agent, client, tool, prompt, standing, hints } = subject;
  return { method, knownMethod, server, agent, client, tool, prompt, standing, hints };
}

/** Whether the two have one key. Equal hints that are other objects count as different. */
function isAlike(names: Names, subject: Subject): boolean {
  return (
    names.hints === subject.hints &&
    names.standing === subject.standing &&
    names.knownMethod === subject.knownMethod &&
    names.tool === subject.tool &&
    names.prompt === subject.prompt &&
    names.method === subject.method &&
    names.client === subject.client &&
    names.agent === subject.agent &&
    names.server === subject.server
  );
}

/**
 * A text that two subjects share only when everything in it is equal: the lengths in front keep names
 * from running into each other, whatever they contain. Undefined for names too long to remember.
 */
function keyOf(subject: Subject): string | undefined {
  const { method, server, hints } = subject;
  const tool = subject.tool ?? '';
  const prompt = subject.prompt ?? '';
  const agent = subject.agent ?? '';
  const client = subject.client ?? '';
  const chars = method.length + server.length + tool.length + prompt.length + agent.length + client.length;
  if (chars > POLICY_INDEX_SUBJECT_CHARS_MAX) return undefined;
  const flags =
    (hints.readOnlyHint ? 1 : 0) |
    (hints.destructiveHint ? 2 : 0) |
    (hints.idempotentHint ? 4 : 0) |
    (hints.openWorldHint ? 8 : 0) |
    (subject.knownMethod ? 16 : 0) |
    (subject.tool === undefined ? 32 : 0) |
    (subject.prompt === undefined ? 64 : 0) |
    (subject.agent === undefined ? 128 : 0) |
    (subject.client === undefined ? 256 : 0) |
    (STANDING_BITS[subject.standing] << 9);
  const head = String.fromCharCode(
    flags,
    method.length,
    server.length,
    tool.length,
    prompt.length,
    agent.length,
  );
  return head + method + server + tool + prompt + agent + client;
}
