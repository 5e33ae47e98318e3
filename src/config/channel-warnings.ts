import { approvalSettings } from './approval-settings.js';
import type { ValueMistake } from './issues.js';
import type { ConfigPath } from './mistakes.js';
import type { ConfigSource } from './schema.js';

/** Channels that are named and cannot bring an answer: calls that depend on them alone are denied. */
export function channelWarnings(config: ConfigSource, layer: string): ValueMistake[] {
  const { channels, defaults } = approvalSettings(config.approval);
  // A project cannot know the channels of its user.
  if (layer === 'project') return [];
  const found: ValueMistake[] = [];
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
