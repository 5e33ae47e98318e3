export * from 'node:fs';

export function globSync() {
  throw new Error('this Node has no fs.globSync: use Node 22 or newer for this command of the suite');
}
