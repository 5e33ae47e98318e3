import { createTwoFilesPatch } from 'diff';
import { mark } from '../../audit/redaction/finding.js';
import { redactPatterns } from '../../audit/redaction/secret-patterns.js';
import { maskedText } from '../../clients/edit/mask.js';
import type { ConfigDocument } from '../../clients/formats/tree.js';
import { CLIENT_DIFF_MS } from '../../platform/bounds.js';
import { printable } from '../../platform/printable.js';

/** What changes in a file as a unified diff, with everything masked that could be a secret. */
export function diffText(path: string, before: ConfigDocument, after: ConfigDocument): string {
  const patch = createTwoFilesPatch(path, path, shown(before), shown(after), 'as it is', 'as it will be', {
    context: 3,
    timeout: CLIENT_DIFF_MS,
  });
  if (patch === undefined) return `${printable(path)} changes too much to be shown\n`;
  const lines = patch.split('\n').filter((line) => !/^(?:=+$|Index: )/.test(line));
  return lines
    .map((line) =>
      line
        .replace(/\r$/, '')
        .split('\t')
        .map((part) => printable(part))
        .join('\t'),
    )
    .join('\n');
}

const NONE_OFF = new Set<never>();

function shown(document: ConfigDocument): string {
  return redactPatterns(maskedText(document), mark, NONE_OFF);
}
