import { currentOwner } from '../platform/process-owner.js';
import type { DecisionFields } from '../audit/encode.js';
import { maskedValue } from '../audit/redaction/mask.js';
import type { AuditTrail } from '../audit/trail.js';
import type { SeenServer } from '../control/seen-server-file.js';
import { SeenTools } from '../control/seen-servers.js';
import type { Catalog } from '../mcp/catalog.js';
import { listedTools } from '../mcp/listed-tools.js';
import type { LoadedConfig } from '../config/load.js';
import { RunningReport } from '../control/running-report.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';
import type { SecretsInForce } from './secrets-in-force.js';
import type { WrapTarget } from './wrap-target.js';

/** What changes while a session runs, beside the calls. */
export interface StatusSources {
  readonly config: () => Pick<LoadedConfig, 'mode' | 'layers'>;
  readonly pending: () => number;
}

const SHOWN_AS_IT_IS = { mask: (text: string): string => text };

/** What `guard status` shows of one session, counted from its records. Nothing is written before the first one. */
export class SessionStatus {
  readonly #report: RunningReport;
  readonly #seen: SeenTools;
  readonly #look: (server: string, catalog: Catalog) => SeenServer;
  readonly #calls = { allowed: 0, denied: 0, held: 0, dry_run: 0 };
  #client: string | null = null;
  #sources: StatusSources | undefined;
  #begun = false;

  constructor(
    tools: Tools,
    target: WrapTarget,
    diagnostics: Diagnostics,
    first: LoadedConfig,
    secrets: Pick<SecretsInForce, 'mask'> = SHOWN_AS_IT_IS,
  ) {
    const since = tools.clock.timestamp();
    const { writer, parties } = target;
    const files = stateFiles(guardPaths(tools.env));
    this.#seen = new SeenTools({
      folder: files.servers,
      note: (text) => diagnostics.repeated('seen-tools', text),
    });
    this.#look = (server, catalog) => {
      const seen = { server, ...currentOwner(), seen: tools.clock.timestamp(), tools: listedTools(catalog) };
      return maskedValue({ ...seen, more: 0 }, secrets.mask);
    };
    this.#report = new RunningReport({
      folder: files.running,
      writer,
      facts: () => {
        const { mode, layers } = this.#sources?.config() ?? first;
        const facts = {
          writer,
          ...currentOwner(),
          since,
          updated: tools.clock.timestamp(),
          server: parties.server,
          client: this.#client,
          agent: parties.agent ?? null,
          session: parties.session ?? null,
          mode,
          layers: layers.map(({ layer, path: file, digest, mode: own }) => ({
            layer,
            path: file,
            digest,
            mode: own,
          })),
          calls: { ...this.#calls },
          pending: this.#sources?.pending() ?? 0,
        };
        return maskedValue(facts, secrets.mask);
      },
      note: (text) => diagnostics.repeated('status', text),
    });
  }

  /** Where to look from now on. */
  follow(sources: StatusSources): void {
    this.#sources = sources;
  }

  /** A server listed its tools. */
  listed(server: string, catalog: Catalog): void {
    this.#seen.listed(server, () => this.#look(server, catalog));
  }

  /** The trail, with everything that is staged on it counted. */
  counted(trail: AuditTrail): AuditTrail {
    return {
      ...trail,
      identify: (names) => {
        this.#client = names.client ?? this.#client;
        trail.identify(names);
      },
      decision: (fields) => {
        this.#count(fields);
        this.#changed();
        trail.decision(fields);
      },
      outcome: (fields) => {
        this.#changed();
        trail.outcome(fields);
      },
      refusal: (fields) => {
        this.#changed();
        trail.refusal(fields);
      },
      event: (fields) => {
        // A reload or a switch is no message: a guard that nobody talked to leaves no trace.
        if (this.#begun) this.#report.changed();
        trail.event(fields);
      },
    };
  }

  close(): void {
    this.#report.close();
    this.#seen.close();
  }

  #changed(): void {
    this.#begun = true;
    this.#report.changed();
  }

  #count({ decision, enforced }: DecisionFields): void {
    switch (decision) {
      case 'relay':
        return;
      case 'allow':
        this.#calls.allowed += 1;
        return;
      case 'deny':
      case 'require_approval':
      case 'dry_run':
      case 'limit':
        // What observe mode only records has passed.
        if (enforced) this.#calls[COUNTED_AS[decision]] += 1;
        else this.#calls.allowed += 1;
    }
  }
}

const COUNTED_AS = { deny: 'denied', require_approval: 'held', dry_run: 'dry_run', limit: 'denied' } as const;
