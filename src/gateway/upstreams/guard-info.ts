import { VERSION } from '../../platform/version.js';

/** How guard names itself to servers, and to clients where it stands for several. */
export const GUARD_INFO = { name: 'mcp-guard', version: VERSION };
