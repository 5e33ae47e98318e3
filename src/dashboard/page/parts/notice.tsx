import type { ComponentChildren, VNode } from 'preact';
import type { Failure } from '../api/client.js';
import { Shown } from './shown.js';

/** Something that the reader should know, with what to do about it. */
export function Notice({
  tone,
  children,
}: {
  readonly tone: 'bad' | 'wait' | 'good' | 'plain';
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** Why something is not there, what to do next, and a way to try again. */
export function Trouble({
  failure,
  again,
}: {
  readonly failure: Failure;
  readonly again?: (() => void) | undefined;
}): VNode {
  return (
    <Notice tone="bad">
      <p>
        <Shown text={failure.message} />
      </p>
      {failure.hint === undefined ? null : (
        <p>
          <Shown text={failure.hint} />
        </p>
      )}
      {failure.command === undefined ? null : (
        <p>
          In a terminal of that machine:{' '}
          <code>
            <Shown text={failure.command} />
          </code>
        </p>
      )}
      {again === undefined ? null : (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </Notice>
  );
}

/** Nothing is there, and that is fine. */
export function Empty({ children }: { readonly children: ComponentChildren }): VNode {
  return <p class="empty">{children}</p>;
}

/** It is under way. */
export function Loading({ what }: { readonly what: string }): VNode {
  return (
    <p class="empty" role="status">
      Reading {what} …
    </p>
  );
}
