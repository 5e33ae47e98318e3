import type { CompiledPolicy } from './compiled.js';
import { Judging } from './judging.js';
import { mayPass, prepareForCaller } from './prepare.js';
import type { Subject } from './subject.js';

/** A tool as a server lists it, to somebody. */
export type ListedTool = Pick<
  Subject,
  'server' | 'agent' | 'client' | 'claims' | 'scopes' | 'standing' | 'hints'
> & {
  readonly name: string;
};

/**
 * For `hide_denied`: false only where a layer that hides denied tools and does more than observe denies
 * every call of this tool by this caller, whatever its arguments. True whenever in doubt, and when
 * evaluation fails.
 */
export function canPossiblyPass(policy: CompiledPolicy, tool: ListedTool): boolean {
  const subject: Subject = {
    method: 'tools/call',
    knownMethod: true,
    server: tool.server,
    agent: tool.agent,
    client: tool.client,
    session: undefined,
    claims: tool.claims,
    scopes: tool.scopes,
    tool: tool.name,
    uri: undefined,
    prompt: undefined,
    standing: tool.standing,
    hints: tool.hints,
    input: {},
  };
  try {
    const judging = new Judging(subject, policy.ports);
    return policy.memory
      .recall(subject)
      .layers.every(
        (prepared) =>
          prepared.layer.mode === 'observe' ||
          !prepared.layer.settings.hide_denied ||
          mayPass(prepareForCaller(prepared, judging)),
      );
  } catch {
    return true;
  }
}
