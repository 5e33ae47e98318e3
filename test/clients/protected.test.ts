import path from 'node:path';
import { expect, test } from 'vitest';
import { expandPlace } from '../../src/clients/files/expand-place.js';
import { CLIENTS } from '../../src/clients/table/clients.js';
import { protectedPaths } from '../../src/config/protected-paths.js';
import { pathsIn } from '../config/check-yaml.js';
import { verifies } from '../requirements.js';

verifies('install:files');

/** Files of editors that agents change for other reasons all day, names that nobody knows before, and what the user cannot write anyway. */
const LEFT =
  /settings\/settings\.json|User\/settings\.json|globalStorage|Insiders|VSCodium|profiles|plugins|extensions|any\.config\.toml|^\/etc\//;

test('every file in which guard is installed is one that no governed call may touch', () => {
  const home = '/home/x';
  const project = '/projects/p';
  const world = { platform: 'linux', home, env: {}, project, user: 0 } as const;
  const protectedOnes = protectedPaths({
    cwd: project,
    env: {},
    paths: pathsIn('/g'),
    located: { layers: [], candidates: [], notes: [] },
    auditFiles: [],
    further: [],
    home,
  });
  const files = CLIENTS.flatMap(({ places }) => places.filter(({ managed }) => managed !== true))
    .map((place) => ({ ...place, files: bare(place.files?.linux), project: bare(place.project).linux }))
    .flatMap((place) => expandPlace(place, world, 'all'))
    .filter((file) => !LEFT.test(file));
  expect(files.length).toBeGreaterThan(50);
  const open = files.filter(
    (file) => !protectedOnes.some((one) => file === one || file.startsWith(`${one}${path.sep}`)),
  );
  expect([...new Set(open)]).toEqual([]);
});

/** Names with stars stand for any file of their folder. */
function bare(names: readonly string[] = []): { readonly linux: readonly string[] } {
  return { linux: names.map((name) => name.replace('*', 'any')) };
}
