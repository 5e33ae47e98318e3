import path from 'node:path';
import type { EntryNote } from '../edit/file-plan.js';
import { CLIENT_NOTES_BYTES_MAX } from '../../platform/bounds.js';
import { fileText } from '../../platform/file-text.js';
import { isJsonObject, type JsonObject, member, parseJson } from '../../platform/json.js';
import { makeFolder } from '../../platform/make-folder.js';
import { readOwnFile } from '../../platform/own-file.js';
import { textDigest } from '../../platform/text-digest.js';
import { replaceWhole } from '../../platform/whole-file.js';

/** What guard remembers of one config file. */
export interface InstallNotes {
  /** The file's real path. */
  readonly file: string;
  readonly entries: readonly EntryNote[];
}

/** What reading notes came to. Where they are there and cannot be trusted, `trouble` says why, as a sentence. */
export interface NotesReading {
  readonly entries: readonly EntryNote[];
  readonly trouble?: string;
}

/** What guard remembers of this file. Never throws. */
export function readNotes(folder: string, realPath: string): NotesReading {
  const file = noteFile(folder, realPath);
  const read = readOwnFile(file, CLIENT_NOTES_BYTES_MAX, 'owner-only');
  if (read.kind === 'absent') return { entries: [] };
  const trouble = (why: string): NotesReading => ({
    entries: [],
    trouble: `has notes of guard that cannot be used: ${file} ${why}; mend that file, or move it away`,
  });
  if (read.kind === 'trouble') return trouble(read.why);
  const value = parsed(read.text);
  const listed = value === undefined ? undefined : member(value, 'entries');
  if (value === undefined || member(value, 'file') !== realPath || !Array.isArray(listed)) {
    return trouble('holds no notes of it');
  }
  const entries = listed.flatMap(entryNote);
  return entries.length === listed.length ? { entries } : trouble('holds a note that is none');
}

/** Remembers these entries of a file; what is not among them is forgotten. Throws the system's error. */
export function writeNotes(folder: string, { file, entries }: InstallNotes): void {
  makeFolder(folder);
  // It may hold headers of remote servers.
  replaceWhole(noteFile(folder, file), fileText({ version: 1, file, entries }), {
    mode: 0o600,
    durable: true,
  });
}

function noteFile(folder: string, realPath: string): string {
  return path.join(folder, `${textDigest(realPath)}.json`);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The note, where it is one in every part: a half of one would restore half. */
function entryNote(value: unknown): EntryNote[] {
  if (!isJsonObject(value)) return [];
  const steps = member(value, 'path');
  const digest = member(value, 'digest');
  if (!Array.isArray(steps) || !steps.every((step) => typeof step === 'string')) return [];
  if (typeof digest !== 'string') return [];
  const remote = member(value, 'remote');
  const timeout = member(value, 'timeout');
  const note: EntryNote = { path: steps, digest };
  if (isJsonObject(remote)) {
    const before = member(remote, 'before');
    const written = member(remote, 'written');
    if (typeof before !== 'string' || typeof written !== 'string') return [];
    return [{ ...note, remote: { before, written } }];
  }
  if (!isJsonObject(timeout)) return [note];
  const key = member(timeout, 'key');
  const written = member(timeout, 'written');
  const before = member(timeout, 'before');
  if (typeof key !== 'string' || typeof written !== 'string') return [];
  if (before !== null && typeof before !== 'string') return [];
  return [{ ...note, timeout: { key, written, before } }];
}
