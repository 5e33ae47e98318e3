import type { Take } from './finding.js';

/** The length of each country's account numbers, by the register of ISO 13616. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const START = /\b[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9])/g;
/** The longest one, with a space between all groups of four. */
const CHARS_MOST = 43;

/** The text with account numbers of the IBAN form replaced, with and without spaces; linear in the text. */
export function redactIbans(text: string, take: Take): string {
  let shown = '';
  let from = 0;
  START.lastIndex = 0;
  for (let start = START.exec(text); start !== null; start = START.exec(text)) {
    const end = endOf(text, start.index);
    if (end === undefined) continue;
    shown += text.slice(from, start.index) + take('iban', text.slice(start.index, end));
    from = end;
    START.lastIndex = end;
  }
  return from === 0 ? text : shown + text.slice(from);
}

function endOf(text: string, start: number): number | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2));
  if (length === undefined) return undefined;
  let account = '';
  const bound = Math.min(text.length, start + CHARS_MOST);
  for (let at = start; at < bound; at += 1) {
    const character = text[at] ?? '';
    if (character === ' ' || character === '-') continue;
    if (!/[A-Z0-9]/.test(character)) return undefined;
    account += character;
    if (account.length === length)
      return !/[A-Za-z0-9]/.test(text[at + 1] ?? '') && isAccount(account) ? at + 1 : undefined;
  }
  return undefined;
}

/** The check of ISO 7064, MOD 97-10. */
function isAccount(account: string): boolean {
  let rest = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
