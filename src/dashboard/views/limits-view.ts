import { compareDecimals, decimalText } from '../../platform/decimal.js';
import { messageOf } from '../../platform/errors.js';
import type { PotTerms } from '../../policy/pot-terms.js';
import { recordFirst } from './record-first.js';
import type { PotState } from '../../limits/ledger.js';
import type { Clock } from '../../platform/clock.js';
import type { Limits, Pot, ResetBody, ResetDone } from '../contract/limits.js';
import { Stop } from '../http/reply.js';
import type { DashboardSource } from '../source.js';
import { type Ask, callerOf } from './handlers.js';

/** Rates and budgets with what feeds them, the fullest first. */
export function showLimits({ reply }: Ask, source: DashboardSource, clock: Clock): void {
  const feeds = feedsOf(source);
  let pots: readonly PotState[] = [];
  let trouble: string | null = null;
  try {
    pots = source.ledger.pots(clock.wallMs());
  } catch (error) {
    trouble = messageOf(error);
  }
  const used = new Set(pots.map(({ pot }) => identityOf(pot)));
  const limits: Limits = {
    pots: pots.map((pot) => potView(pot, feeds)).toSorted((one, other) => other.share - one.share),
    idle: feeds
      .filter(({ terms }) => !used.has(terms.identity))
      .map(({ terms, what }) => ({ name: terms.name, kind: kindOf(terms), what })),
    trouble,
  };
  reply.json(limits);
}

/** Empties a pot; recorded before it is done. */
export function resetLimit(
  { reply, body, ...ask }: Ask<unknown, ResetBody>,
  source: DashboardSource,
  clock: Clock,
): void {
  const caller = callerOf({ reply, body, ...ask });
  const nowMs = clock.wallMs();
  const found = source.ledger.pots(nowMs).find(({ pot }) => pot === body.pot);
  if (found === undefined) throw new Stop('not-found', 'there is no such pot');
  const { pot, name, currency } = found;
  const used = decimalText(found.used);
  const reason = body.reason.trim();
  recordFirst(() =>
    source.record('limits-reset', {
      pot,
      name,
      used,
      currency,
      by: caller.name,
      reason,
      channel: 'dashboard',
      session: caller.id,
    }),
  );
  if (!source.ledger.reset(pot, reason, caller.name, nowMs))
    throw new Stop('not-found', 'there is no such pot');
  const done: ResetDone = { pot, name, used };
  reply.json(done);
}

interface Feed {
  readonly terms: PotTerms;
  readonly what: string;
}

/** Every counter of the config in force. */
function feedsOf(source: DashboardSource): Feed[] {
  const rules = source.policy().layers.flatMap(({ rules: list }) =>
    list.flatMap(({ outcome }) =>
      outcome.obligations.flatMap((obligation) =>
        obligation.kind === 'limits'
          ? obligation.pots.map(({ terms, field }) => ({
              terms,
              what:
                field === null
                  ? 'each call that the rule matches'
                  : `${field.path.text} of each call that the rule matches`,
            }))
          : [],
      ),
    ),
  );
  const budgets = source.budgets().list.map(({ terms, contributors }) => ({
    terms,
    what: `${contributors.length} contributor${contributors.length === 1 ? '' : 's'}: ${contributors
      .map(({ field }) => field.path.text)
      .join(', ')}`,
  }));
  return [...rules, ...budgets];
}

function potView(state: PotState, feeds: readonly Feed[]): Pot {
  const { pot, name, limit, used, ambiguous, windowMs, currency, nextExpiryMs } = state;
  const identity = identityOf(pot);
  const own = feeds.filter(({ terms }) => terms.identity === identity);
  const isEmpty = compareDecimals(limit, { coefficient: 0n, scale: 0 }) === 0;
  return {
    pot,
    name,
    kind: own[0] === undefined ? (currency === null ? 'rate' : 'budget') : kindOf(own[0].terms),
    key: pot.slice(identity.length + 1),
    limit: decimalText(limit),
    used: decimalText(used),
    ambiguous: decimalText(ambiguous),
    // For a bar and nothing else, so a float does.
    share: isEmpty ? 1 : Number(decimalText(used)) / Number(decimalText(limit)),
    window_ms: windowMs,
    currency,
    next_expiry_at: nextExpiryMs === null ? null : new Date(nextExpiryMs).toISOString(),
    feeds: own.map(({ terms, what }) => ({ layer: terms.layer, name: terms.owner, what })),
  };
}

/** What tells the counter of a pot from others: the first word of its name in the ledger. */
function identityOf(pot: string): string {
  return pot.split(' ')[0] ?? '';
}

function kindOf({ kind }: PotTerms): Pot['kind'] {
  return kind === 'calls' ? 'rate' : 'budget';
}
