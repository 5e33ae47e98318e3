import type { VNode } from 'preact';
import type { Server, Tool } from '../../contract/servers.js';
import type { Api } from '../api/client.js';
import { counted, fullTime } from '../parts/format.js';
import { Badge } from '../parts/entry-row.js';
import type { Tone } from '../parts/entry-words.js';
import { useRead } from '../parts/hooks.js';
import { Empty, Notice } from '../parts/notice.js';
import { ReadPage } from '../parts/read-page.js';
import { Shown } from '../parts/shown.js';

/** Every server with its state, and each of its tools with its hints and the rule that applies to it. */
export function Servers({ api }: { readonly api: Api }): VNode {
  const read = useRead(() => api.servers(), []);
  return (
    <ReadPage title="Servers" what="the servers" read={read}>
      {({ servers }) =>
        servers.length === 0 ? (
          <Empty>
            guard knows of no server yet. Start one with “guard -- command”, or list it in the config of
            “guard serve”.
          </Empty>
        ) : (
          <ul class="stack">
            {servers.map((server) => (
              <ServerCard key={`${server.name} ${server.pid}`} server={server} />
            ))}
          </ul>
        )
      }
    </ReadPage>
  );
}

const STATES: Readonly<Record<string, Tone>> = {
  ready: 'good',
  running: 'good',
  'not running': 'plain',
  idle: 'plain',
  stopped: 'plain',
  starting: 'wait',
  waiting: 'bad',
  broken: 'bad',
};

function ServerCard({ server }: { readonly server: Server }): VNode {
  return (
    <li class="card">
      <h2>
        <Shown text={server.name} /> <Badge tone={STATES[server.state] ?? 'plain'}>{server.state}</Badge>{' '}
        {server.stopped ? <Badge tone="bad">stopped by a kill switch</Badge> : null}
      </h2>
      <p class="muted">
        {server.kind === 'unknown' ? '' : `${server.kind}, `}
        {server.pid === null ? '' : `process ${server.pid}, `}
        {server.since === null ? '' : `since ${fullTime(server.since)}, `}
        {server.seen === null ? '' : `tools as of ${fullTime(server.seen)}, `}
        {counted(server.pending, 'call')} waiting
      </p>
      {server.trouble === null ? null : (
        <Notice tone="bad">
          <Shown text={server.trouble} />
        </Notice>
      )}
      {server.tools === null ? (
        <p class="muted">guard has not seen its tools yet: they are known once a client asks for them.</p>
      ) : server.tools.length === 0 ? (
        <p class="muted">It lists no tools.</p>
      ) : (
        <Tools tools={server.tools} />
      )}
      {server.more === 0 ? null : <p class="muted">{counted(server.more, 'more tool')} not shown.</p>}
    </li>
  );
}

function Tools({ tools }: { readonly tools: readonly Tool[] }): VNode {
  return (
    <details open={tools.length <= 20}>
      <summary>{counted(tools.length, 'tool')}</summary>
      <div class="table-box" tabIndex={0} role="group" aria-label="Tools">
        <table class="stacked">
          <thead>
            <tr>
              <th scope="col">tool</th>
              <th scope="col">it says that it</th>
              <th scope="col">a call is</th>
              <th scope="col">because of</th>
            </tr>
          </thead>
          <tbody>
            {tools.map((tool) => (
              <tr>
                <th scope="row">
                  <Shown text={tool.name} />{' '}
                  {tool.standing === 'drifted' ? <Badge tone="bad">changed since first seen</Badge> : null}
                </th>
                <td>{hintsOf(tool.hints)}</td>
                <td>
                  <Badge tone={DECISION_TONES[tool.policy.decision]}>
                    {DECISION_WORDS[tool.policy.decision]}
                  </Badge>
                </td>
                <td>
                  <Because policy={tool.policy} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const DECISION_WORDS: Readonly<Record<Tool['policy']['decision'], string>> = {
  allow: 'allowed',
  deny: 'denied',
  require_approval: 'asked about',
  limit: 'limited',
  depends: 'depends',
};

const DECISION_TONES: Readonly<Record<Tool['policy']['decision'], Tone>> = {
  allow: 'good',
  deny: 'bad',
  require_approval: 'wait',
  limit: 'wait',
  depends: 'plain',
};

function Because({ policy }: { readonly policy: Tool['policy'] }): VNode {
  if (policy.rule !== null)
    return <Shown text={policy.layer === null ? policy.rule : `${policy.layer}/${policy.rule}`} />;
  if (policy.decision === 'depends') return <span class="muted">arguments, agents or scopes decide</span>;
  return policy.reason === null ? <span class="muted">the default</span> : <Shown text={policy.reason} />;
}

/** The claims of a server in words, the grave ones first. */
function hintsOf(hints: Tool['hints']): string {
  if (hints.read_only) return hints.open_world ? 'only reads, reaches outside' : 'only reads';
  return [
    hints.destructive ? 'may destroy' : 'only adds',
    hints.idempotent ? 'is the same twice' : '',
    hints.open_world ? 'reaches outside' : 'stays inside',
  ]
    .filter((word) => word !== '')
    .join(', ');
}
