import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Session } from '../contract/session.js';
import type { Api, Failure } from './api/client.js';
import { Notice, Trouble } from './parts/notice.js';
import { Shown } from './parts/shown.js';

interface LoginProps {
  readonly api: Api;
  /** Why somebody who was logged in is not any more. */
  readonly why: string | null;
  readonly onLogin: (session: Session) => void;
}

/** Asks for the secret of the config, or for the code of a login link. It is kept nowhere. */
export function Login({ api, why, onLogin }: LoginProps): VNode {
  const [secret, setSecret] = useState('');
  const [name, setName] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isSending, setSending] = useState(false);
  async function login(event: Event): Promise<void> {
    event.preventDefault();
    setSending(true);
    const answer = await api.login({ secret, ...(name.trim() === '' ? {} : { name: name.trim() }) });
    setSending(false);
    setSecret('');
    setFailure(answer.ok ? null : answer.failure);
    if (answer.ok) onLogin(answer.value);
  }
  return (
    <main class="login">
      <h1>guard</h1>
      {why === null ? null : (
        <Notice tone="wait">
          <Shown text={why} />
        </Notice>
      )}
      <form onSubmit={(event) => void login(event)}>
        <label class="wide">
          Secret
          <input
            type="password"
            autoComplete="current-password"
            required
            value={secret}
            onInput={({ currentTarget }) => setSecret(currentTarget.value)}
          />
        </label>
        <label class="wide">
          Your name, for the records (optional)
          <input
            autoComplete="username"
            maxLength={64}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        {failure === null ? null : <Trouble failure={failure} />}
        <button type="submit" class="main" disabled={isSending}>
          Log in
        </button>
      </form>
      <p class="muted">
        The secret is <code>dashboard.api_secret</code> of the config. “guard dashboard” prints a link that
        needs none.
      </p>
    </main>
  );
}
