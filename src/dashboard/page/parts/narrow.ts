import { useEffect, useState } from 'preact/hooks';

/** The same width as in the style sheet. */
const NARROW = '(max-width: 47.99rem)';

/** Whether the page is on a narrow screen, where rows have two lines. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const changed = (): void => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return isNarrow;
}
