import { randomBytes } from 'node:crypto';
import { DASHBOARD_BODIES_BYTES_MAX, DASHBOARD_SESSION_MS } from '../platform/bounds.js';
import type { Clock } from '../platform/clock.js';
import { GuardError } from '../platform/errors.js';
import { Door } from '../platform/http/door-check.js';
import { isLoopback, readHost } from '../platform/http/host-names.js';
import type { HttpAddress } from '../platform/http/listen.js';
import { BodyRoom } from '../platform/http/read-body.js';
import { randomId } from '../platform/random-id.js';
import { type Schedule, systemSchedule } from '../platform/schedule.js';
import { secretFault } from '../platform/secret-fault.js';
import type { Session } from './contract/session.js';
import { Feed } from './feed/feed.js';
import { type Assets, readAssets } from './http/assets.js';
import { DashboardRefusals } from './http/refusals.js';
import { DashboardServer } from './http/server.js';
import { type Caller, Gate } from './login/gate.js';
import { OneTimeCodes } from './login/one-time-codes.js';
import { readSecret, type Secret } from './login/secret.js';
import { Sessions } from './login/sessions.js';
import { LoginThrottle } from './login/throttle.js';
import type { DashboardSource } from './source.js';
import { CallCounts } from './views/call-counts.js';
import { ApprovalViews } from './views/approval-views.js';
import { createHandlers } from './views/create-handlers.js';
import { recordFirst } from './views/record-first.js';
import { Scans } from './views/scans.js';
import { sessionView } from './views/session-view.js';
import { Undeliveries } from './views/undeliveries.js';

export interface DashboardOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** The address that browsers use, where a proxy stands before it: `https://guard.example.com`. */
  readonly publicUrl?: string | undefined;
  /** `dashboard.api_secret`; without it only a one-time code lets anybody in, and only on loopback. */
  readonly secret: string | undefined;
  /** The folder of the page's files. */
  readonly assets: string;
  readonly source: DashboardSource;
  readonly clock: Clock;
  readonly onDefect: (error: unknown) => void;
  /** Plans the records of refusals; the machine's timers where it is left out. */
  readonly schedule?: Schedule | undefined;
  /** The pace of the feed in milliseconds: DASHBOARD_FEED_FLUSH_MS. */
  readonly feedFlushMs?: number | undefined;
}

/** The dashboard's server. Nothing is read or listened to before `start`. */
export class Dashboard {
  readonly #options: DashboardOptions;
  readonly #codes: OneTimeCodes;
  readonly #sessions: Sessions;
  readonly #views: ApprovalViews;
  readonly #feed: Feed;
  readonly #refusals: DashboardRefusals;
  readonly #counts: CallCounts;
  readonly #cookie: { name: string; flags: string };
  #secret: Secret | undefined;
  #gate: Gate | undefined;
  #server: DashboardServer | undefined;
  #isClosing = false;

  constructor(options: DashboardOptions) {
    const { source, clock } = options;
    this.#options = options;
    this.#codes = new OneTimeCodes(clock, () => randomBytes(24).toString('base64url'));
    const isSecure = options.publicUrl?.startsWith('https:') === true;
    this.#cookie = {
      name: 'guard-session',
      flags: `Path=/api/v1; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`,
    };
    this.#sessions = new Sessions({
      clock,
      newToken: () => randomBytes(32).toString('base64url'),
      newId: () => randomId('', 8),
      onEnd: () => setImmediate(() => this.#feed.review()),
    });
    const scans = new Scans(source.auditFile, clock);
    this.#counts = new CallCounts({
      scans,
      file: source.auditFile,
      folder: source.callIndex,
      clock,
      isGateway: source.scope === 'serve',
    });
    const undeliveries = new Undeliveries(scans, clock);
    this.#views = new ApprovalViews(source, (id) => undeliveries.of(id));
    this.#feed = new Feed({
      source,
      views: this.#views,
      clock,
      instance: randomId('', 8),
      mayStay: (caller) => this.#mayStay(caller),
      onRecords: (records) => undeliveries.take(records),
      flushMs: options.feedFlushMs,
    });
    this.#refusals = new DashboardRefusals({
      schedule: options.schedule ?? systemSchedule,
      record: (event, detail) => source.record(event, detail),
      onDefect: options.onDefect,
    });
    this.#handlers = createHandlers({
      source,
      clock,
      scans,
      counts: this.#counts,
      undeliveries,
      views: this.#views,
      feed: this.#feed,
      sessionOf: (caller) => sessionView(caller, source, clock),
      login: (ask) => this.#login(ask),
      logout: (request) => {
        const token = this.#gate?.tokenOf(request);
        if (token !== undefined) this.#sessions.end(token, 'logged out');
        return `${this.#cookie.name}=; Max-Age=0; ${this.#cookie.flags}`;
      },
    });
  }

  readonly #handlers: ReturnType<typeof createHandlers>;

  /**
   * Begins to listen. Throws GuardError `config-invalid` where anybody could come in, or nobody;
   * `dashboard-assets`; `address-unusable`.
   */
  async start(): Promise<HttpAddress> {
    const { host, port, publicUrl, source, clock, onDefect } = this.#options;
    this.useSecret(this.#options.secret);
    if (this.#secret === undefined && !isLoopback(host)) {
      throw new GuardError(
        'config-invalid',
        `dashboard.host is ${host}, and dashboard.api_secret is not set`,
        {
          hint: 'other machines could connect: set dashboard.api_secret, or leave dashboard.host at 127.0.0.1',
        },
      );
    }
    const assets: Assets = readAssets(this.#options.assets);
    const origin = publicUrl === undefined ? undefined : new URL(publicUrl);
    const gate = new Gate({
      sessions: this.#sessions,
      throttle: new LoginThrottle(clock),
      codes: this.#codes,
      secret: () => this.#secret,
      cookieName: () => this.#cookie.name,
      onRefused: (detail) => {
        try {
          source.record('dashboard-login-refused', { ...detail });
        } catch (error) {
          // It stays refused; that the log cannot be written is told of.
          onDefect(error);
        }
      },
    });
    this.#gate = gate;
    const server = new DashboardServer({
      door: new Door({
        host,
        allowedHosts: origin === undefined || readHost(origin.host) === undefined ? [] : [origin.host],
        allowedOrigins: origin === undefined ? [] : [origin.origin],
        servesPages: true,
      }),
      gate,
      room: new BodyRoom(DASHBOARD_BODIES_BYTES_MAX),
      assets,
      handlers: this.#handlers,
      refusals: this.#refusals,
      isClosing: () => this.#isClosing,
      onDefect,
    });
    this.#server = server;
    const address = await server.start(host, port);
    // Cookies are shared by all ports of a host: two dashboards of one machine must not overwrite each other's.
    this.#cookie.name = `guard-session-${address.port}`;
    this.#counts.start();
    return address;
  }

  /** The part of a login link behind the address: a code for one login. It goes to a terminal and nowhere else. */
  newCode(): string {
    return `#code=${this.#codes.make()}`;
  }

  /** The secret of a config that came into force; sessions of another one end. Throws GuardError `config-invalid`. */
  useSecret(text: string | undefined): void {
    const fault = text === undefined ? undefined : secretFault(text);
    if (fault !== undefined) throw new GuardError('config-invalid', `dashboard.api_secret: ${fault}`);
    const next = text === undefined ? undefined : readSecret(text);
    const isSame = next?.digest === this.#secret?.digest;
    this.#secret = next;
    if (isSame) return;
    this.#gate?.secretChanged();
    this.#feed.review();
  }

  /** Ends every stream and connection. Safe to call twice, and before `start`. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#counts.close();
    this.#feed.close();
    this.#views.close();
    await this.#server?.close();
    this.#refusals.close();
  }

  #login({ reply, body }: Parameters<Parameters<typeof createHandlers>[0]['login']>[0]): Session {
    if (this.#gate === undefined) throw new Error('the dashboard was not started');
    const { token, session } = this.#gate.login(reply.request, body);
    const seconds = Math.floor(DASHBOARD_SESSION_MS / 1000);
    const { source, clock } = this.#options;
    try {
      recordFirst(() =>
        source.record('dashboard-login', { session: session.id, by: session.name, address: reply.address }),
      );
    } catch (error) {
      this.#sessions.end(token, 'it could not be recorded');
      throw error;
    }
    reply.setCookie(`${this.#cookie.name}=${token}; Max-Age=${seconds}; ${this.#cookie.flags}`);
    return sessionView({ by: 'cookie', name: session.name, id: session.id, session }, source, clock);
  }

  #mayStay(caller: Caller): boolean {
    if (caller.by === 'bearer') return caller.secret === this.#secret?.digest;
    return this.#sessions.has(caller.session) && !this.#sessions.isOver(caller.session);
  }
}
