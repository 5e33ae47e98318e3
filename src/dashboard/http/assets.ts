import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DASHBOARD_ASSETS_BYTES_MAX, DASHBOARD_ASSETS_MAX } from '../../platform/bounds.js';
import { GuardError, messageOf } from '../../platform/errors.js';
import type { DashboardReply } from './reply.js';

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly packed: Buffer;
  readonly caching: string;
}

/** The files of the page by the path under which they are served. */
export type Assets = ReadonlyMap<string, Asset>;

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff2', 'font/woff2'],
  ['.webmanifest', 'application/manifest+json'],
]);

/** A name with a digest of the content in it: `page-1A2B3C4D.js`. */
const HASHED = /-[A-Za-z0-9]{8,}\.[a-z0-9]+$/;

/**
 * Reads the files of the page once. What is asked for later is looked up among them and never in the
 * file system, so no path leads anywhere else. Throws GuardError `dashboard-assets` where there is no page.
 */
export function readAssets(folder: string): Assets {
  const assets = new Map<string, Asset>();
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const type = TYPES.get(path.extname(entry.name));
      if (!entry.isFile() || type === undefined) continue;
      const content = readFileSync(path.join(folder, entry.name));
      bytes += content.length;
      if (assets.size >= DASHBOARD_ASSETS_MAX || bytes > DASHBOARD_ASSETS_BYTES_MAX) {
        throw new Error('the folder holds more than a page has');
      }
      const isPage = entry.name === 'index.html';
      assets.set(isPage ? '/' : `/assets/${entry.name}`, {
        type,
        bytes: content,
        packed: gzipSync(content),
        caching: !isPage && HASHED.test(entry.name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
    }
  } catch (error) {
    throw new GuardError('dashboard-assets', `the dashboard's page cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: 'install guard again, or in its repository run npm run build',
    });
  }
  if (assets.has('/')) return assets;
  throw new GuardError('dashboard-assets', `there is no dashboard page in ${folder}`, {
    hint: 'install guard again, or in its repository run npm run build',
  });
}

/** Answers with a file; false where there is none of this path. */
export function answerAsset(reply: DashboardReply, assets: Assets, target: string): boolean {
  const asset = assets.get(target);
  if (asset === undefined) return false;
  const takesGzip = /\bgzip\b/.test(reply.request.headers['accept-encoding'] ?? '');
  const headers = { 'Cache-Control': asset.caching, Vary: 'Accept-Encoding' };
  if (takesGzip) reply.file(200, asset.type, asset.packed, { ...headers, 'Content-Encoding': 'gzip' });
  else reply.file(200, asset.type, asset.bytes, headers);
  return true;
}
