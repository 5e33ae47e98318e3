import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { exactTime } from '../../../platform/time-text.js';
import type { Limits as LimitsView, Pot } from '../../contract/limits.js';
import type { Api, Failure } from '../api/client.js';
import { fullTime } from '../parts/format.js';
import { useRead } from '../parts/hooks.js';
import { Empty, Notice, Trouble } from '../parts/notice.js';
import { ReadPage } from '../parts/read-page.js';
import { Shown } from '../parts/shown.js';

/** Rates and budgets: how much is used, what draws on them, and a way to empty one. */
export function Limits({ api }: { readonly api: Api }): VNode {
  const read = useRead(() => api.limits(), []);
  return (
    <ReadPage title="Limits" what="the limits" read={read}>
      {(limits) => <Pots api={api} limits={limits} onReset={read.again} />}
    </ReadPage>
  );
}

interface PotsProps {
  readonly api: Api;
  readonly limits: LimitsView;
  readonly onReset: () => void;
}

function Pots({ api, limits: { pots, idle, trouble }, onReset }: PotsProps): VNode {
  if (trouble !== null) {
    return (
      <Notice tone="bad">
        <Shown text={trouble} />
      </Notice>
    );
  }
  return (
    <>
      {pots.length === 0 && idle.length === 0 ? (
        <Empty>
          No rule limits anything. A rule with “limits”, or a budget, appears here once the config with it is
          in force.
        </Empty>
      ) : null}
      <ul class="cards">
        {pots.map((pot) => (
          <PotCard key={pot.pot} api={api} pot={pot} onReset={onReset} />
        ))}
      </ul>
      {idle.length === 0 ? null : (
        <>
          <h2>Nothing drawn yet</h2>
          <ul class="lines">
            {idle.map(({ name, kind, what }) => (
              <li>
                <Shown text={name} /> <span class="muted">({kind})</span>: <Shown text={what} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

interface PotProps {
  readonly api: Api;
  readonly pot: Pot;
  readonly onReset: () => void;
}

function PotCard({ api, pot, onReset }: PotProps): VNode {
  const percent = Math.min(100, Math.round(pot.share * 100));
  const unit = pot.kind === 'rate' ? 'calls' : (pot.currency ?? '');
  const level = pot.share >= 1 ? 'full' : pot.share >= 0.8 ? 'high' : '';
  return (
    <li class="card">
      <h2>
        <Shown text={pot.name} /> <span class="badge plain">{pot.kind}</span>
      </h2>
      {pot.key === '' ? null : (
        <p>
          of <Shown text={pot.key} />
        </p>
      )}
      <div
        class={`meter ${level}`}
        role="meter"
        aria-label={`${percent} percent of the limit used`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div style={{ width: `${percent}%` }} />
      </div>
      <p>
        <strong>
          <Shown text={pot.used} />
        </strong>{' '}
        of <Shown text={pot.limit} /> {unit}
        {pot.window_ms === null ? ' in the session' : ` in ${exactTime(pot.window_ms)}`}
        {pot.share >= 1 ? ': used up' : null}
      </p>
      {pot.ambiguous === '0' ? null : (
        <p class="muted">
          <Shown text={pot.ambiguous} /> of it by calls whose end is not known
        </p>
      )}
      {pot.next_expiry_at === null ? null : (
        <p class="muted">Some of it is free again at {fullTime(pot.next_expiry_at)}</p>
      )}
      <h3>Fed by</h3>
      {pot.feeds.length === 0 ? (
        <p class="muted">no rule of the config in force</p>
      ) : (
        <ul class="lines">
          {pot.feeds.map(({ layer, name, what }) => (
            <li>
              <Shown text={`${layer}/${name}`} />: <Shown text={what} />
            </li>
          ))}
        </ul>
      )}
      <ResetForm api={api} pot={pot} onReset={onReset} />
    </li>
  );
}

function ResetForm({ api, pot, onReset }: PotProps): VNode {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  async function reset(event: Event): Promise<void> {
    event.preventDefault();
    const answer = await api.resetLimit({ pot: pot.pot, reason });
    setFailure(answer.ok ? null : answer.failure);
    if (!answer.ok) return;
    setOpen(false);
    setReason('');
    onReset();
  }
  if (!isOpen) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        Reset …
      </button>
    );
  }
  return (
    <form onSubmit={(event) => void reset(event)}>
      <label class="wide">
        Why it is emptied; the log keeps it
        <input
          required
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      {failure === null ? null : <Trouble failure={failure} />}
      <div class="bar">
        <button type="submit" class="danger" disabled={reason.trim() === ''}>
          Empty this pot
        </button>
        <button type="button" onClick={() => setOpen(false)}>
          Leave it
        </button>
      </div>
    </form>
  );
}
