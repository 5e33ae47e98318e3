import type { RefObject, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type AuditFilter, NO_AUDIT_FILTER } from './audit-search.js';

interface AuditFormProps {
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly onSearch: (filter: AuditFilter) => void;
}

const DECISIONS = ['allow', 'deny', 'require_approval', 'limit', 'dry_run', 'relay', 'refusal'];
const RESULTS = ['ok', 'tool-error', 'error', 'denied', 'cancelled', 'timeout', 'input-required'];
const SINCE: readonly (readonly [value: string, words: string])[] = [
  ['', 'any time'],
  ['15m', 'the last 15 minutes'],
  ['1h', 'the last hour'],
  ['24h', 'the last day'],
  ['7d', 'the last week'],
  ['30d', 'the last 30 days'],
];

/** What to search for. Names are globs, several with commas. */
export function AuditForm({ searchRef, onSearch }: AuditFormProps): VNode {
  const [filter, setFilter] = useState<AuditFilter>(NO_AUDIT_FILTER);
  const set = (part: Partial<AuditFilter>): void => setFilter({ ...filter, ...part });
  const name = (key: 'server' | 'tool' | 'agent' | 'rule', example: string): VNode => (
    <label>
      {key}
      <input
        value={filter[key]}
        placeholder={example}
        autoComplete="off"
        onInput={({ currentTarget }) => set({ [key]: currentTarget.value })}
      />
    </label>
  );
  return (
    <form
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch({ ...filter });
      }}
    >
      <label class="wide">
        contains
        <input
          ref={searchRef}
          type="search"
          value={filter.text}
          placeholder="any text of the record"
          onInput={({ currentTarget }) => set({ text: currentTarget.value })}
        />
      </label>
      {name('server', 'files')}
      {name('tool', 'write_*')}
      {name('agent', '*-bot')}
      {name('rule', 'user/no-*')}
      <Choice
        label="decision"
        value={filter.decision}
        options={DECISIONS.map((word) => [word, word.replaceAll('_', ' ')])}
        onChange={(decision) => set({ decision })}
      />
      <Choice
        label="result"
        value={filter.result}
        options={RESULTS.map((word) => [word, word])}
        onChange={(result) => set({ result })}
      />
      <label>
        since
        <select value={filter.since} onChange={({ currentTarget }) => set({ since: currentTarget.value })}>
          {SINCE.map(([value, words]) => (
            <option value={value}>{words}</option>
          ))}
        </select>
      </label>
      <label>
        until
        <input
          type="datetime-local"
          value={filter.until}
          onInput={({ currentTarget }) => set({ until: currentTarget.value })}
        />
      </label>
      <div class="bar">
        <button type="submit" class="main">
          Search
        </button>
        <button
          type="button"
          onClick={() => {
            setFilter(NO_AUDIT_FILTER);
            onSearch(NO_AUDIT_FILTER);
          }}
        >
          Clear
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps): VNode {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">any</option>
        {options.map(([option, words]) => (
          <option value={option}>{words}</option>
        ))}
      </select>
    </label>
  );
}
