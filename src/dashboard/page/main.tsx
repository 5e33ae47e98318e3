import { render, type VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Session } from '../contract/session.js';
import { type Api, createApi, type Failure, feedAddress } from './api/client.js';
import type { EventStream } from './live/connection.js';
import { type Live, openLive } from './live/live.js';
import { Login } from './login.js';
import { PAGE_CLOCK } from './parts/clock.js';
import { Loading, Trouble } from './parts/notice.js';
import { Shell } from './shell.js';
import { codeOf, titleOf } from './tab-names.js';
import { applyTheme, keptTheme } from './theme.js';

type Standing =
  | { readonly kind: 'starting' }
  | { readonly kind: 'unreachable'; readonly failure: Failure }
  | { readonly kind: 'logged-out'; readonly why: string | null }
  | { readonly kind: 'logged-in'; readonly session: Session; readonly live: Live };

/** The code of a login link is used once and leaves the address at once, so that no history keeps it. */
function takeCode(): string | null {
  const code = codeOf(location.hash);
  if (code !== null) history.replaceState(null, '', location.pathname);
  return code;
}

function openFeed(): EventStream {
  const source = new EventSource(feedAddress());
  return {
    addEventListener: (name, listener) =>
      source.addEventListener(name, (event: MessageEvent<string>) => listener(event)),
    onFailure: (listener) => source.addEventListener('error', listener),
    get readyState() {
      return source.readyState;
    },
    close: () => source.close(),
  };
}

async function begin(api: Api, code: string | null): Promise<Session | Failure> {
  const answer = code === null ? await api.session() : await api.login({ secret: code });
  return answer.ok ? answer.value : answer.failure;
}

function Page(): VNode {
  const [standing, setStanding] = useState<Standing>({ kind: 'starting' });
  const api = useMemo(() => createApi(fetch.bind(globalThis), signedOut), []);

  function signedOut(why: string): void {
    setStanding((before) => {
      if (before.kind === 'logged-in') before.live.close();
      return before.kind === 'logged-in' ? { kind: 'logged-out', why } : before;
    });
  }
  function logIn(session: Session): void {
    const live = openLive({
      api,
      clock: PAGE_CLOCK,
      openFeed,
      later: (run, ms) => setTimeout(run, ms),
      onSignedOut: signedOut,
    });
    setStanding({ kind: 'logged-in', session, live });
  }
  async function start(code: string | null): Promise<void> {
    setStanding({ kind: 'starting' });
    const came = await begin(api, code);
    if ('guard' in came) logIn(came);
    else if (came.status !== 401) setStanding({ kind: 'unreachable', failure: came });
    else setStanding({ kind: 'logged-out', why: code === null ? null : came.message });
  }
  async function logOut(): Promise<void> {
    // The feed would tell of the end as well, and in other words.
    if (standing.kind === 'logged-in') standing.live.close();
    const answer = await api.logout();
    signedOut(
      answer.ok || answer.failure.status === 401
        ? 'You are logged out.'
        : `guard did not confirm that you are logged out: ${answer.failure.message}`,
    );
  }
  useEffect(() => {
    applyTheme(keptTheme());
    void start(takeCode());
  }, []);
  useEffect(() => {
    if (standing.kind !== 'logged-in') document.title = titleOf(0, false);
  }, [standing.kind]);

  switch (standing.kind) {
    case 'starting':
      return (
        <main class="login">
          <Loading what="the session" />
        </main>
      );
    case 'unreachable':
      return (
        <main class="login">
          <h1>guard</h1>
          <Trouble failure={standing.failure} again={() => void start(null)} />
        </main>
      );
    case 'logged-out':
      return <Login api={api} why={standing.why} onLogin={logIn} />;
    case 'logged-in':
      return (
        <Shell api={api} live={standing.live} session={standing.session} onLogout={() => void logOut()} />
      );
  }
}

const root = document.querySelector('#page');
if (root !== null) render(<Page />, root);
