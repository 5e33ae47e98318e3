import { approvalSettings } from './approval-settings.js';
import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';

/** Kinds of channels that reach somebody; the others wait for the dashboard. */
const REACHING_KINDS: ReadonlySet<string> = new Set(['client', 'terminal', 'desktop', 'slack', 'webhook']);

/** Channels that are named and cannot bring an answer: calls that depend on them alone are denied. */
export function channelWarnings(config: ConfigSource, layer: string): ValueMistake[] {
  const { channels, defaults } = approvalSettings(config.approval);
  const found: ValueMistake[] = (config.approval?.channels ?? []).flatMap((_, index) => {
    const kind = channels[index]?.kind ?? '';
    if (REACHING_KINDS.has(kind)) return [];
    return [
      {
        path: ['approval', 'channels', index],
        message: `this version of guard does not ask by ${kind} yet: calls that only it may answer are denied`,
      },
    ];
  });
  // A project cannot know the channels of its user.
  if (layer === 'project') return found;
  const onlyNotify = (names: readonly string[]): boolean =>
    names.length > 0 && names.every((name) => channels.some((one) => one.name === name && one.notifiesOnly));
  const silent = (names: readonly string[], path: ConfigPath): ValueMistake[] =>
    onlyNotify(names)
      ? [
          {
            path,
            message: `nobody can answer: ${names.join(' and ')} can only notify, so such calls are denied`,
          },
        ]
      : [];
  found.push(...silent(defaults.channels, ['approval', 'channels']));
  const names = new Set(channels.map(({ name }) => name));
  for (const [index, rule] of (config.policies?.rules ?? []).entries()) {
    const path = ['policies', 'rules', index, 'approval'];
    found.push(...silent(rule.approval?.channels ?? [], [...path, 'channels']));
    for (const key of ['channels', 'delegates'] as const) {
      for (const [at, name] of (rule.approval?.[key] ?? []).entries()) {
        if (names.has(name)) continue;
        found.push({
          path: [...path, key, at],
          message: `approval.channels has no channel "${name}" (it has: ${[...names].join(', ')})`,
        });
      }
    }
  }
  return found;
}
