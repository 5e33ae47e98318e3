import type { ComponentChildren, VNode } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useHeight } from './hooks.js';
import { rowWindow, scrolledTo } from './row-window.js';

export interface RowListProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  /** Pixels; every row has the same. */
  readonly rowHeight: number;
  readonly idOf: (row: Row) => string;
  readonly draw: (row: Row) => ComponentChildren;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
  /** Told whether the reader left the upper end. */
  readonly onTop?: (isAtTop: boolean) => void;
}

/** A long list of which only the rows that can be seen stand in the document. One row is chosen. */
export function RowList<Row>(props: RowListProps<Row>): VNode {
  const { rows, rowHeight, idOf, chosen, onChoose } = props;
  const list = useRef<HTMLDivElement | null>(null);
  const [attach, height] = useHeight();
  const [top, setTop] = useState(0);
  const seen = rowWindow(rows.length, rowHeight, top, height);
  const at = chosen === null ? -1 : rows.findIndex((row) => idOf(row) === chosen);
  const setList = useCallback((element: HTMLDivElement | null) => {
    list.current = element;
    attach(element);
  }, []);
  // A list that became shorter has scrolled by itself, and says so only later.
  useEffect(() => setTop(list.current?.scrollTop ?? 0), [rows.length === 0]);

  function choose(index: number): void {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    onChoose(idOf(row));
    const element = list.current;
    if (element === null) return;
    const place = Math.max(0, Math.min(rows.length - 1, index));
    element.scrollTop = scrolledTo(place, rowHeight, element.scrollTop, element.clientHeight);
  }
  function pressed(event: KeyboardEvent): void {
    const step = stepOf(event.key, Math.max(1, Math.floor(height / rowHeight) - 1), rows.length);
    if (step === null || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(at === -1 && Math.abs(step) < rows.length ? 0 : at + step);
  }
  return (
    <div
      class="rows"
      role="listbox"
      tabIndex={0}
      aria-label={props.label}
      aria-activedescendant={at >= seen.first && at < seen.end ? `row-${at}` : undefined}
      ref={setList}
      onKeyDown={pressed}
      onScroll={({ currentTarget }) => {
        setTop(currentTarget.scrollTop);
        props.onTop?.(currentTarget.scrollTop <= 0);
      }}
    >
      <div role="presentation" style={{ paddingTop: `${seen.above}px`, paddingBottom: `${seen.below}px` }}>
        {rows.slice(seen.first, seen.end).map((row, index) => (
          <div
            key={idOf(row)}
            id={`row-${seen.first + index}`}
            class="row"
            role="option"
            aria-selected={seen.first + index === at}
            aria-setsize={rows.length}
            aria-posinset={seen.first + index + 1}
            style={{ height: `${rowHeight}px` }}
            onClick={() => onChoose(idOf(row))}
          >
            {props.draw(row)}
          </div>
        ))}
      </div>
    </div>
  );
}

/** How far a key moves; null where it is none of the list's. */
function stepOf(key: string, page: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return 1;
    case 'ArrowUp':
    case 'k':
      return -1;
    case 'PageDown':
      return page;
    case 'PageUp':
      return -page;
    case 'Home':
      return -count;
    case 'End':
      return count;
    default:
      return null;
  }
}
