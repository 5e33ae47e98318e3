/** How the page is lit; `system` follows the reader's settings. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'guard-theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

/** What was chosen last; `system` where nothing was, or nothing can be kept. */
export function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return ORDER.find((theme) => theme === kept) ?? 'system';
  } catch {
    return 'system';
  }
}

/** Lights the page, and keeps the choice. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** The one after it. */
export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'system';
}
