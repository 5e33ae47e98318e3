import type { Take } from './finding.js';

const DIGITS_LEAST = 13;
const DIGITS_MOST = 19;
/** A run of digits in groups: what stands between two groups is one space or hyphen. */
const RUN = /\d+(?:[ -]\d+)*/g;

/** The text with payment card numbers replaced by what `take` makes of them; linear in the text. */
export function redactCards(text: string, take: Take): string {
  return text.replace(RUN, (run, at: number) => {
    if (run.length < DIGITS_LEAST) return run;
    const joined = {
      before: HEXADECIMAL.test(text[at - 1] ?? ''),
      behind: HEXADECIMAL.test(text[at + run.length] ?? ''),
    };
    return redactRun(run, joined, take);
  });
}

/** What the digits that begin or end with such a character belong to is longer: a hash, an identifier. */
const HEXADECIMAL = /[A-Fa-f_]/;

/** True for 13 to 19 digits that a card scheme could have given out and whose check digit is right. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < DIGITS_LEAST || digits.length > DIGITS_MOST || !/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 0x30;
    sum += index % 2 === 1 ? doubled(digit) : digit;
  }
  return sum % 10 === 0;
}

/** Whether the first and the last group of a run are parts of something longer. */
interface Joined {
  readonly before: boolean;
  readonly behind: boolean;
}

/** A card number begins and ends with a group, so that an expiry date beside it does not hide it. */
function redactRun(run: string, { before, behind }: Joined, take: Take): string {
  const pieces = run.split(/([ -])/);
  let shown = '';
  for (let first = 0; first < pieces.length; first += 1) {
    const isWhole = isGroup(first) && !(before && first === 0);
    const found = isWhole ? lastPieceOfCard(pieces, first) : undefined;
    const last = behind && found === pieces.length - 1 ? undefined : found;
    shown +=
      last === undefined ? (pieces[first] ?? '') : take('card', pieces.slice(first, last + 1).join(''));
    first = last ?? first;
  }
  return shown;
}

/** Each digit is looked at once from each group: both sums are kept that its number of digits can ask for. */
function lastPieceOfCard(pieces: readonly string[], first: number): number | undefined {
  if (!/^[2-6]/.test(pieces[first] ?? '')) return undefined;
  /** The sums with the digits at even and at odd places doubled. */
  const sums: [number, number] = [0, 0];
  let count = 0;
  for (let last = first; last < pieces.length; last += 2) {
    for (const digit of pieces[last] ?? '') {
      if (count === DIGITS_MOST) return undefined;
      const value = digit.charCodeAt(0) - 0x30;
      sums[count % 2 === 0 ? 0 : 1] += doubled(value);
      sums[count % 2 === 0 ? 1 : 0] += value;
      count += 1;
    }
    if (count >= DIGITS_LEAST && sums[count % 2 === 0 ? 0 : 1] % 10 === 0) return last;
  }
  return undefined;
}

function doubled(digit: number): number {
  return digit > 4 ? digit * 2 - 9 : digit * 2;
}

/** Groups stand at even places, what parts them at odd ones. */
function isGroup(place: number): boolean {
  return place % 2 === 0;
}
