import type { RefObject, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type AuditFilter, NO_AUDIT_FILTER } from './audit-search.js';

interface AuditFormProps {
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly onSearch: (filter: AuditFilter) => void;
}

type Options = readonly (readonly [value: string, words: string])[];

/** Fields for names, each with an example. */
const NAMES = [
  ['server', 'files'],
  ['tool', 'write_*'],
  ['agent', '*-bot'],
  ['rule', 'user/no-*'],
] as const;

const CHOICES: readonly (readonly [key: 'decision' | 'result' | 'since', options: Options])[] = [
  ['decision', anyOf(['allow', 'deny', 'require_approval', 'limit', 'dry_run', 'relay', 'refusal'])],
  ['result', anyOf(['ok', 'tool-error', 'error', 'denied', 'cancelled', 'timeout', 'input-required'])],
  [
    'since',
    [
      ['', 'any time'],
      ['15m', 'the last 15 minutes'],
      ['1h', 'the last hour'],
      ['24h', 'the last day'],
      ['7d', 'the last week'],
      ['30d', 'the last 30 days'],
    ],
  ],
];

function anyOf(words: readonly string[]): Options {
  return [['', 'any'], ...words.map((word) => [word, word.replaceAll('_', ' ')] as const)];
}

/** What to search for. Names are globs, several with commas. */
export function AuditForm({ searchRef, onSearch }: AuditFormProps): VNode {
  const [filter, setFilter] = useState<AuditFilter>(NO_AUDIT_FILTER);
  const set = (part: Partial<AuditFilter>): void => setFilter({ ...filter, ...part });
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
      {NAMES.map(([key, example]) => (
        <label>
          {key}
          <input
            value={filter[key]}
            placeholder={example}
            autoComplete="off"
            onInput={({ currentTarget }) => set({ [key]: currentTarget.value })}
          />
        </label>
      ))}
      {CHOICES.map(([key, options]) => (
        <Choice
          label={key}
          value={filter[key]}
          options={options}
          onChange={(value) => set({ [key]: value })}
        />
      ))}
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
  readonly options: Options;
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps): VNode {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map(([option, words]) => (
          <option value={option}>{words}</option>
        ))}
      </select>
    </label>
  );
}
