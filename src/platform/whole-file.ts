import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Drafts of one process at one time must not meet. */
let drafts = 0;

/** Writes a new file that no reader ever sees in part. Throws the system's EEXIST where it is there. */
export function createWhole(file: string, text: string, mode: number): void {
  // Unlike a rename, a link fails where a file has appeared in the meantime.
  withDraft(file, text, mode, (draft) => linkSync(draft, file));
}

/** Puts a file in place of another at once, so that no reader ever sees half of it. */
export function replaceWhole(file: string, text: string, mode: number): void {
  withDraft(file, text, mode, (draft) => renameSync(draft, file));
}

function withDraft(file: string, text: string, mode: number, place: (draft: string) => void): void {
  drafts += 1;
  const draft = `${file}.${process.pid}-${drafts}.tmp`;
  // What a killed process with the same number left is nobody's draft any more.
  rmSync(draft, { force: true });
  try {
    const descriptor = openSync(draft, 'wx', mode);
    try {
      const bytes = Buffer.from(text, 'utf8');
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    place(draft);
  } finally {
    rmSync(draft, { force: true });
  }
}
