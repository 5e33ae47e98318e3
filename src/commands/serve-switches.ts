import type { Diagnostics } from '../platform/diagnostics.js';
import type { Tools } from './command.js';
import type { ServeTrails } from './serve-trails.js';
import { SessionSwitch } from './session-switch.js';

export interface ServeSwitchesInput {
  readonly tools: Tools;
  readonly trails: ServeTrails;
  readonly diagnostics: Diagnostics;
  /** Takes back what waits at a server; called whenever a switch of it goes on. */
  readonly onStop: (server: string) => void;
}

/** The kill switches of all servers of a gateway; each is followed from its first conversation on. */
export class ServeSwitches {
  readonly #input: ServeSwitchesInput;
  readonly #switches = new Map<string, SessionSwitch>();

  constructor(input: ServeSwitchesInput) {
    this.#input = input;
  }

  /** The switch of one server. */
  of(server: string): SessionSwitch {
    const known = this.#switches.get(server);
    if (known !== undefined) return known;
    const { tools, trails, diagnostics, onStop } = this.#input;
    const trail = trails.open({
      upstream: server,
      session: undefined,
      agent: undefined,
      logsArguments: false,
    });
    const made = new SessionSwitch({ tools, server, trail, diagnostics, onStop: () => onStop(server) });
    made.start();
    this.#switches.set(server, made);
    return made;
  }

  close(): void {
    for (const killSwitch of this.#switches.values()) killSwitch.close();
  }
}
