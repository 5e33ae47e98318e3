import type { VNode } from 'preact';
import { countdown, isUrgent, spokenCountdown } from '../../../platform/countdown.js';
import { PAGE_CLOCK } from './clock.js';
import { useSeconds } from './hooks.js';

/** How long a call still waits; counts by itself. `overAtMs` is of the page's own clock. */
export function TimeLeft({
  overAtMs,
  words = '',
}: {
  readonly overAtMs: number;
  readonly words?: string;
}): VNode {
  useSeconds();
  const leftMs = overAtMs - PAGE_CLOCK.monotonicMs();
  return (
    <span class={isUrgent(leftMs) ? 'left urgent' : 'left'} role="timer" aria-label={spokenCountdown(leftMs)}>
      {countdown(leftMs)}
      {words}
    </span>
  );
}
