import { CLIENT_FILES_MAX } from '../../platform/bounds.js';
import type { FileFormat } from '../formats/read-document.js';
import type { FileKind } from '../edit/file-plan.js';
import type { Client, Place } from '../table/client.js';
import { expandPlace, type Reach } from './expand-place.js';
import type { FileWorld } from './file-world.js';
import { type FileReading, readConfigFile } from './read-config-file.js';

/** A client that reads a file, and as what. */
interface Reader {
  readonly client: Client;
  readonly place: Place;
}

/** One file that is there, with everybody who reads it. */
export interface FoundFile {
  /** Where the first reader looks. */
  readonly path: string;
  readonly reading: Exclude<FileReading, { kind: 'absent' }>;
  readonly readers: readonly Reader[];
  readonly kind: FileKind;
  /** Others keep it: it is only looked at. */
  readonly managed: boolean;
  /** It belongs to a project, and others may read it on other machines. */
  readonly shared: boolean;
  /** A reader is started from the desktop. */
  readonly isDesktop: boolean;
}

/** From the strictest to the most forgiving: what one reader cannot read is broken for all. */
const STRICTNESS: readonly FileFormat[] = ['json', 'json-comments', 'json-lenient', 'toml', 'yaml'];

/** The config files that are there, each once by its real path, in the order of the clients. */
export function findFiles(clients: readonly Client[], world: FileWorld, reach: Reach): FoundFile[] {
  const found = new Map<string, { path: string; reading: FoundFile['reading']; readers: Reader[] }>();
  for (const client of clients) {
    for (const place of client.places) {
      for (const path of expandPlace(place, world, reach)) {
        const reading = readConfigFile(path, place.managed === true ? undefined : world.user);
        if (reading.kind === 'absent' || found.size >= CLIENT_FILES_MAX) continue;
        // A second list of the same file is only looked at, like the file of somebody else.
        const key = `${reading.kind === 'file' ? reading.file.realPath : path}\0${place.isList === true ? 'list' : ''}`;
        const known = found.get(key);
        if (known === undefined) found.set(key, { path, reading, readers: [{ client, place }] });
        else known.readers.push({ client, place });
      }
    }
  }
  return [...found.values()].map(described);
}

function described({ path, reading, readers }: Pick<FoundFile, 'path' | 'reading' | 'readers'>): FoundFile {
  const [first] = readers;
  if (first === undefined) throw new Error(`nobody reads ${path}`);
  const formats = readers.map(({ place }) => place.format);
  const format = STRICTNESS.find((one) => formats.includes(one)) ?? first.place.format;
  const paths = new Map(
    readers.flatMap(({ place }) => place.keyPaths).map((keyPath) => [keyPath.join('\0'), keyPath]),
  );
  const kind: FileKind = {
    format,
    keyPaths: [...paths.values()],
    client: first.client,
    ...(first.place.isList === undefined ? {} : { isList: first.place.isList }),
  };
  return {
    path,
    reading,
    readers,
    kind,
    managed: readers.some(({ place }) => place.managed === true),
    shared: readers.some(({ place }) => (place.project ?? []).length > 0),
    isDesktop: readers.some(({ client }) => client.kind === 'gui'),
  };
}
