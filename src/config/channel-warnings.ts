import { approvalSettings } from './approval-settings.js';
import type { ValueMistake } from './issues.js';
import type { ConfigSource } from './schema.js';

/** Kinds of channels that ask somebody; the others wait for the HTTP door. */
const ASKING_KINDS: ReadonlySet<string> = new Set(['client', 'terminal']);

/** Channels that are named and cannot ask anybody: calls that depend on them alone are denied. */
export function channelWarnings(config: ConfigSource, layer: string): ValueMistake[] {
  const { channels } = approvalSettings(config.approval, []);
  const found: ValueMistake[] = (config.approval?.channels ?? []).flatMap((_, index) => {
    const kind = channels[index]?.kind ?? '';
    if (ASKING_KINDS.has(kind)) return [];
    return [
      {
        path: ['approval', 'channels', index],
        message: `this version of guard does not ask by ${kind} yet: calls that only it may answer are denied`,
      },
    ];
  });
  // A project cannot know the channels of its user.
  if (layer === 'project') return found;
  const names = new Set(channels.map(({ name }) => name));
  for (const [index, rule] of (config.policies?.rules ?? []).entries()) {
    for (const key of ['channels', 'delegates'] as const) {
      for (const [at, name] of (rule.approval?.[key] ?? []).entries()) {
        if (names.has(name)) continue;
        found.push({
          path: ['policies', 'rules', index, 'approval', key, at],
          message: `approval.channels has no channel "${name}" (it has: ${[...names].join(', ')})`,
        });
      }
    }
  }
  return found;
}
