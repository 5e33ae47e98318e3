import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { REASON_CHARS_MAX } from '../../../platform/bounds.js';

interface ReasonFormProps {
  readonly label: string;
  readonly send: string;
  readonly isEnough: (reason: string) => boolean;
  readonly isOpen: boolean;
  readonly onSend: (reason: string) => void;
  readonly onBack: () => void;
}

/** Asks for a reason. Enter sends it; Escape goes back. */
export function ReasonForm({ label, send, isEnough, isOpen, onSend, onBack }: ReasonFormProps): VNode {
  const [reason, setReason] = useState('');
  const field = useRef<HTMLInputElement | null>(null);
  useEffect(() => field.current?.focus(), []);
  const mayBeSent = isOpen && isEnough(reason.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (mayBeSent) onSend(reason.trim());
      }}
    >
      <label class="wide">
        {label}
        <input
          ref={field}
          maxLength={REASON_CHARS_MAX}
          value={reason}
          autoComplete="off"
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      <div class="bar">
        <button type="submit" class="danger" disabled={!mayBeSent}>
          {send}
        </button>
        <button type="button" onClick={onBack}>
          Back
        </button>
      </div>
    </form>
  );
}
