import type { ComponentChildren, VNode } from 'preact';
import { type Read, useKeys } from './hooks.js';
import { Loading, Trouble } from './notice.js';

/** A page that is read as a whole, and again with its button or the key u; `what` is what it waits for. */
export function ReadPage<Value>({
  title,
  what,
  read,
  children,
}: {
  readonly title: string;
  readonly what: string;
  readonly read: Read<Value>;
  readonly children: (value: Value) => ComponentChildren;
}): VNode {
  useKeys({ u: read.again });
  return (
    <section class="page-body">
      <h1>{title}</h1>
      <div class="bar">
        <button type="button" onClick={read.again} disabled={read.isReading}>
          Read again
        </button>
      </div>
      {read.failure === null ? null : <Trouble failure={read.failure} again={read.again} />}
      {read.value === null ? read.failure === null ? <Loading what={what} /> : null : children(read.value)}
    </section>
  );
}
