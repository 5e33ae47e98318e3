import { systemClock } from '../../../platform/clock.js';

/** The clock of this page: only its differences count, as the machine's own clock may stand elsewhere. */
export const PAGE_CLOCK = systemClock();
