const DIGITS_LEAST = 13;
const DIGITS_MOST = 19;
/** A run of digits in groups: what stands between two groups is one space or hyphen. */
const RUN = /\d+(?:[ -]\d+)*/g;

/** The text with payment card numbers replaced by `[redacted:card]`; linear in the text. */
export function redactCards(text: string): string {
  return text.replace(RUN, (run) => (run.length < DIGITS_LEAST ? run : redactRun(run)));
}

/** True for 13 to 19 digits that a card scheme could have given out and whose check digit is right. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < DIGITS_LEAST || digits.length > DIGITS_MOST || !/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 0x30;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** A card number begins and ends with a group, so that an expiry date beside it does not hide it. */
function redactRun(run: string): string {
  const pieces = run.split(/([ -])/);
  let shown = '';
  for (let first = 0; first < pieces.length; first += 1) {
    const last = isGroup(first) ? lastPieceOfCard(pieces, first) : undefined;
    shown += last === undefined ? (pieces[first] ?? '') : '[redacted:card]';
    first = last ?? first;
  }
  return shown;
}

function lastPieceOfCard(pieces: readonly string[], first: number): number | undefined {
  let digits = '';
  for (let last = first; last < pieces.length && digits.length <= DIGITS_MOST; last += 2) {
    digits += pieces[last] ?? '';
    if (isCardNumber(digits)) return last;
  }
  return undefined;
}

/** Groups stand at even places, what parts them at odd ones. */
function isGroup(place: number): boolean {
  return place % 2 === 0;
}
