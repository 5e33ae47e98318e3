import type { RefObject, VNode } from 'preact';
import type { Answered } from '../../contract/approvals.js';
import type { Failure } from '../api/client.js';
import { endWords, GRAVE_CHARS } from '../parts/approval-words.js';
import { Notice, Trouble } from '../parts/notice.js';
import { Shown } from '../parts/shown.js';

interface GraveFieldProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly onType: (typed: string) => void;
  readonly onEnter: () => void;
}

/** Takes the end of a grave call's id. */
export function GraveField({ inputRef, value, onType, onEnter }: GraveFieldProps): VNode {
  return (
    <label class="wide">
      The last four characters of the id, since this call is grave
      <input
        ref={inputRef}
        value={value}
        autoComplete="off"
        size={6}
        maxLength={GRAVE_CHARS}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.repeat) onEnter();
        }}
      />
    </label>
  );
}

/** What to run where only a terminal may answer. */
export function InTerminal({ command }: { readonly command: string }): VNode {
  return (
    <Notice tone="wait">
      <p>
        In a terminal of the machine that holds the call:{' '}
        <code>
          <Shown text={command} />
        </code>
      </p>
    </Notice>
  );
}

/** The answer counted, and whether it is kept. */
export function Accepted({ answered: { remembered } }: { readonly answered: Answered }): VNode {
  return (
    <Notice tone="good">
      <p>Your answer counted.</p>
      {remembered === null ? null : (
        <p>
          {remembered.saved ? 'It is kept for later calls.' : 'It counts for this call and was not kept: '}
          {remembered.trouble === null ? null : <Shown text={remembered.trouble} />}
        </p>
      )}
    </Notice>
  );
}

/** Why it did not count, or who was first. */
export function Refused({ failure }: { readonly failure: Failure }): VNode {
  return failure.code === 'late' ? (
    <Notice tone="wait">
      Your answer came too late: <Shown text={endWords(failure.end ?? null)} />
    </Notice>
  ) : (
    <Trouble failure={failure} />
  );
}
