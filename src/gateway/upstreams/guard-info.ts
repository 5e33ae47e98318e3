import { VERSION } from '../../platform/version.js';

/** How guard names itself to servers. */
export const GUARD_INFO = { name: 'mcp-guard', version: VERSION };
