import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from '../api/client.js';
import type { Live, LiveState } from '../live/live.js';

/** What is live, drawn again with each change. */
export function useLive(live: Live): LiveState {
  const [state, setState] = useState(live.state());
  useEffect(() => {
    setState(live.state());
    return live.subscribe(() => setState(live.state()));
  }, [live]);
  return state;
}

/** A value that is read from the API. What was read stays while it is read again. */
export interface Read<Value> {
  readonly value: Value | null;
  readonly failure: Failure | null;
  readonly isReading: boolean;
  readonly again: () => void;
}

/** Reads at first and whenever `keys` change; answers that came too late are dropped. */
export function useRead<Value>(read: () => Promise<Answer<Value>>, keys: readonly unknown[]): Read<Value> {
  const [value, setValue] = useState<Value | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isReading, setReading] = useState(true);
  const turn = useRef(0);
  const again = useCallback(() => {
    turn.current += 1;
    const mine = turn.current;
    setReading(true);
    async function take(): Promise<void> {
      const answer = await read();
      if (mine !== turn.current) return;
      setReading(false);
      setFailure(answer.ok ? null : answer.failure);
      if (answer.ok) setValue(answer.value);
    }
    void take();
  }, keys);
  useEffect(() => {
    again();
    return () => {
      turn.current += 1;
    };
  }, [again]);
  return { value, failure, isReading, again };
}

/** Reads again, a moment after each answer, as long as there is more to come. */
export function useAgainWhile(isMore: boolean, { value, isReading, again }: Read<unknown>): void {
  useEffect(() => {
    if (!isMore || isReading) return undefined;
    const timer = setTimeout(again, MORE_MS);
    return () => clearTimeout(timer);
  }, [isMore, isReading, value, again]);
}

const MORE_MS = 1000;

/** Keys of one part of the page. They do not count while somebody writes, or with a modifier. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const current = useRef(keys);
  useLayoutEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    function pressed(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== 'Escape' && isWriting(event.target)) return;
      const run = Object.hasOwn(current.current, event.key) ? current.current[event.key] : undefined;
      if (run === undefined) return;
      event.preventDefault();
      run();
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null;
}

/** Draws the part again each second, for countdowns. */
export function useSeconds(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 1000);
    return () => clearInterval(timer);
  }, []);
}

/** How wide and high an element is, as it changes. */
export function useHeight(): readonly [(element: HTMLElement | null) => void, number] {
  const [height, setHeight] = useState(0);
  const seen = useRef<ResizeObserver | null>(null);
  const attach = useCallback((element: HTMLElement | null) => {
    seen.current?.disconnect();
    if (element === null) return;
    seen.current = new ResizeObserver(() => setHeight(element.clientHeight));
    seen.current.observe(element);
    setHeight(element.clientHeight);
  }, []);
  return [attach, height];
}
