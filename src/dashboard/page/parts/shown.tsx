import type { ComponentChildren, VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { revealedPieces } from '../../../platform/hidden-characters.js';
import type { JsonValue } from '../../../platform/json.js';
import { type JsonPiece, jsonRows } from './json-rows.js';

/** What an escape says when it is pointed at or read aloud. */
const ESCAPE_TITLE = 'a character that could not be seen, or looks like another one, written as its code';

/**
 * A text of an agent or a server, as text: what is hidden or poses as something else stands as an escape,
 * in clothes that no text can put on. Its direction cannot reach what stands beside it.
 */
export function Shown({ text }: { readonly text: string }): VNode {
  if (text === '') return <span class="muted">(empty)</span>;
  return (
    <bdi class="shown">
      {revealedPieces(text).map((piece) => (piece.isEscape ? <Escape text={piece.text} /> : piece.text))}
    </bdi>
  );
}

/** The same, or a dash where there is none. */
export function ShownOrNone({ text }: { readonly text: string | null }): VNode {
  return text === null ? <span class="muted">–</span> : <Shown text={text} />;
}

/** Lines that guard made printable already. */
export function Lines({ lines }: { readonly lines: readonly string[] }): VNode {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li>
          <bdi class="shown">{line}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** A JSON value whole, a line for each member, each character of it visible. Drawn once for a value. */
export function Json({ value, label }: { readonly value: JsonValue; readonly label: string }): VNode {
  return useMemo(
    () => (
      <div class="json" role="group" aria-label={label}>
        {jsonRows(value).map(({ depth, pieces, goesOn }) => (
          <div class={goesOn ? 'json-row goes-on' : 'json-row'}>
            {'  '.repeat(depth)}
            {pieces.map(pieceOf)}
          </div>
        ))}
      </div>
    ),
    [value, label],
  );
}

function pieceOf({ kind, text, isEscape }: JsonPiece): ComponentChildren {
  if (isEscape) return <Escape text={text} />;
  return kind === 'mark' || kind === 'word' ? text : <bdi class={`json-${kind}`}>{text}</bdi>;
}

function Escape({ text }: { readonly text: string }): VNode {
  return (
    <span class="escape" title={ESCAPE_TITLE}>
      {text}
    </span>
  );
}
