import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Session } from '../contract/session.js';
import type { Api } from './api/client.js';
import { Help } from './help.js';
import type { Live, LiveState } from './live/live.js';
import { counted } from './parts/format.js';
import { useKeys, useLive } from './parts/hooks.js';
import { Notice } from './parts/notice.js';
import { Shown } from './parts/shown.js';
import { type TabName, TABS, tabOf, titleOf } from './tab-names.js';
import { Analytics } from './tabs/analytics.js';
import { Approvals } from './tabs/approvals.js';
import { Audit } from './tabs/audit.js';
import { Feed } from './tabs/feed.js';
import { Limits } from './tabs/limits.js';
import { Servers } from './tabs/servers.js';
import { applyTheme, keptTheme, nextTheme } from './theme.js';

interface ShellProps {
  readonly api: Api;
  readonly live: Live;
  readonly session: Session;
  readonly onLogout: () => void;
}

/** The tabs, what stands around them, and the one that is shown. */
export function Shell({ api, live, session, onLogout }: ShellProps): VNode {
  const state = useLive(live);
  const [tab, setTab] = useState<TabName>(tabOf(location.hash));
  const [theme, setTheme] = useState(keptTheme);
  const [isHelping, setHelping] = useState(false);
  // What comes four times a second draws the frame anew, and not the tab in it.
  const body = useMemo(() => bodyOf(tab, api, live), [tab, api, live]);
  const waiting = state.calls.pending.length;
  const isLost = state.connection === 'lost';
  useEffect(() => {
    document.title = titleOf(waiting, isLost);
  }, [waiting, isLost]);
  useEffect(() => {
    const changed = (): void => setTab(tabOf(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  useEffect(() => applyTheme(theme), [theme]);
  useKeys({
    ...Object.fromEntries(TABS.map((name, index) => [String(index + 1), () => show(name)])),
    '?': () => setHelping(true),
    t: () => setTheme(nextTheme(theme)),
  });
  return (
    <>
      <header class="top">
        <strong class="brand">guard</strong>
        <Tabs chosen={tab} waiting={waiting} />
        <Connection state={state} />
        <div class="tools">
          <button type="button" onClick={() => setTheme(nextTheme(theme))}>
            Theme: {theme}
          </button>
          <button type="button" class="help-button" onClick={() => setHelping(true)}>
            Keys
          </button>
          <button type="button" onClick={onLogout}>
            Log out{' '}
            <span class="name">
              <Shown text={session.name} />
            </span>
          </button>
        </div>
      </header>
      <Told state={state} session={session} />
      <main>
        <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {body}
        </div>
      </main>
      {isHelping ? <Help onClose={() => setHelping(false)} /> : null}
    </>
  );
}

function show(name: TabName): void {
  location.hash = `#/${name}`;
}

function bodyOf(tab: TabName, api: Api, live: Live): VNode {
  switch (tab) {
    case 'feed':
      return <Feed api={api} live={live} />;
    case 'approvals':
      return <Approvals api={api} live={live} />;
    case 'audit':
      return <Audit api={api} />;
    case 'limits':
      return <Limits api={api} />;
    case 'analytics':
      return <Analytics api={api} />;
    case 'servers':
      return <Servers api={api} />;
  }
}

function Tabs({ chosen, waiting }: { readonly chosen: TabName; readonly waiting: number }): VNode {
  const list = useRef<HTMLDivElement | null>(null);
  function pressed(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const name = TABS.at((TABS.indexOf(chosen) + step) % TABS.length) ?? 'feed';
    show(name);
    list.current?.querySelector<HTMLElement>(`#tab-${name}`)?.focus();
  }
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the dashboard" ref={list} onKeyDown={pressed}>
      {TABS.map((name) => (
        <button
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === chosen}
          aria-controls="panel"
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => show(name)}
        >
          {name}
          {name === 'approvals' && waiting > 0 ? <span class="count">{waiting}</span> : null}
        </button>
      ))}
    </div>
  );
}

const CONNECTION_WORDS: Readonly<Record<LiveState['connection'], string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'no connection',
};

function Connection({ state: { connection } }: { readonly state: LiveState }): VNode {
  return (
    <span class={`connection ${connection}`} role="status">
      {CONNECTION_WORDS[connection]}
    </span>
  );
}

/** What the reader should know on every tab. Calls that wait are told to who cannot see them, too. */
function Told({ state, session }: { readonly state: LiveState; readonly session: Session }): VNode {
  const waiting = state.calls.pending.length;
  return (
    <div class="told">
      <p class="only-read" role="status">
        {waiting === 0 ? '' : `${counted(waiting, 'call')} waiting for an answer`}
      </p>
      {state.connection === 'lost' ? (
        <Notice tone="bad">
          The connection to guard is lost, and tried again by itself. What is shown may be old; calls go on
          waiting, and “guard approve” in a terminal answers them too.
        </Notice>
      ) : null}
      {session.guard.notes.map((note) => (
        <Notice tone="wait">
          <Shown text={note} />
        </Notice>
      ))}
    </div>
  );
}
