import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['1 … 6', 'shows a tab'],
  ['j, k, arrows', 'choose the next or the previous row of the list in focus'],
  ['Page down, Home, End', 'go on in the list in focus'],
  ['/', 'goes to the search field'],
  ['p', 'pauses the feed, and lets it go on'],
  ['u', 'reads limits, analytics or servers again'],
  ['a', 'approves the call that is shown, once it was read to its end'],
  ['d', 'denies it: asks for the reason'],
  ['r', 'remembers: shows the rule first'],
  ['b', 'break-glass: asks for the reason'],
  ['t', 'light, dark, or as the system has it'],
  ['Escape', 'closes a record, goes back to the answers'],
  ['?', 'this help'],
];

/** All keys. No key answers within a moment after another call came into view. */
export function Help({ onClose }: { readonly onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <p class="muted">
        Text such as <span class="escape">{String.raw`\u{202e}`}</span> in this dress stands for a character
        that could not be seen, or that looks like another one.
      </p>
      <form method="dialog">
        <button type="submit" class="main">
          Close
        </button>
      </form>
    </dialog>
  );
}
