import type { AuditTrail } from '../audit/trail.js';
import type { FoundSwitch } from '../control/switch-folder.js';
import { watchSwitches, type SwitchChange, type SwitchWatch } from '../control/switch-watch.js';
import type { Diagnostics } from '../platform/diagnostics.js';
import { systemWatch } from '../platform/folder-watch.js';
import type { JsonObject } from '../platform/json.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Stop } from '../pipeline/kill-switch-layer.js';
import type { Tools } from './command.js';

export interface SessionSwitchInput {
  readonly tools: Tools;
  readonly server: string;
  readonly trail: AuditTrail;
  readonly diagnostics: Diagnostics;
  /** Takes back what waits; called whenever a switch goes on. */
  readonly onStop: () => void;
}

/** The kill switches as one session sees them. */
export class SessionSwitch {
  readonly #input: SessionSwitchInput;
  #watch: SwitchWatch | undefined;
  #stop: Stop | undefined;
  /** A switch that was on before guard started: a mere start leaves no record. */
  #unrecorded: FoundSwitch | undefined;

  constructor(input: SessionSwitchInput) {
    this.#input = input;
  }

  /** Looks, and follows the switches from now on. */
  start(): void {
    const { tools, server } = this.#input;
    const watch = watchSwitches({
      folder: stateFiles(guardPaths(tools.env)).switches,
      server,
      system: systemWatch,
      onChange: (change) => this.#turned(change),
    });
    this.#watch = watch;
    this.#unrecorded = watch.current();
    this.#stop = stopOf(this.#unrecorded);
    if (this.#unrecorded !== undefined) this.#note(this.#unrecorded);
  }

  /** What the pipeline asks for each call. */
  readonly current = (): Stop | undefined => {
    const stop = this.#stop;
    if (stop !== undefined && this.#unrecorded !== undefined) {
      // The record of the call that is about to be denied is written together with this one.
      this.#input.trail.event({ event: 'kill-switch-on', detail: detailOf(this.#unrecorded) });
      this.#unrecorded = undefined;
    }
    return stop;
  };

  close(): void {
    this.#watch?.close();
  }

  #turned({ now, lifted }: SwitchChange): void {
    const { trail, diagnostics, onStop } = this.#input;
    this.#stop = stopOf(now);
    this.#unrecorded = undefined;
    if (now === undefined) {
      diagnostics.note('the kill switch was lifted: calls are judged again');
      trail.event({ event: 'kill-switch-off', detail: lifted === undefined ? {} : detailOf(lifted) });
    } else {
      this.#note(now);
      trail.event({ event: 'kill-switch-on', detail: detailOf(now) });
    }
    trail.commit();
    if (now !== undefined) onStop();
  }

  #note(found: FoundSwitch): void {
    const why = found.kind === 'trouble' ? `${found.why}; this counts as on` : textOf(found.state);
    this.#input.diagnostics.note(`the kill switch is on, every governed call is denied (${why})`);
  }
}

function textOf({ by, reason }: { readonly by: string; readonly reason: string | null }): string {
  return reason === null ? `by ${by}` : `by ${by}: ${reason}`;
}

/** What the agent is told; paths and troubles of the machine are for the person. */
function stopOf(found: FoundSwitch | undefined): Stop | undefined {
  if (found === undefined) return undefined;
  return { reason: found.kind === 'switch' ? found.state.reason : null };
}

function detailOf(found: FoundSwitch): JsonObject {
  if (found.kind === 'trouble') return { server: null, by: null, reason: null, trouble: found.why };
  const { server, by, reason, at } = found.state;
  return { server, by, reason, at };
}
