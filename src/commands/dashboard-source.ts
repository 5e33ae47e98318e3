import { createBusBoard } from '../approvals/bus/bus-board.js';
import { readSwitches, stops } from '../control/switch-folder.js';
import type { DashboardSource } from '../dashboard/source.js';
import { guardPaths } from '../platform/paths.js';
import { stateFiles } from '../platform/state-files.js';
import type { Tools } from './command.js';
import { saveRememberedAnswer } from './save-remembered-answer.js';

/** The name of the channel by which the dashboard answers. */
const CHANNEL = 'dashboard';

/** The part of the dashboard's source that is the same for one gateway and for all guards of this user. */
export function approvalsOf(
  tools: Pick<Tools, 'env' | 'clock'>,
): Pick<DashboardSource, 'openBoard' | 'terminalBoard' | 'save' | 'callIndex'> {
  const { clock } = tools;
  const files = stateFiles(guardPaths(tools.env));
  return {
    callIndex: files.callIndex,
    openBoard: (approver) =>
      createBusBoard({ folder: files.dashboardApprovals, clock, approver, channel: CHANNEL }),
    terminalBoard: createBusBoard({
      folder: files.approvals,
      clock,
      approver: { name: CHANNEL, presence: 'dashboard' },
    }),
    save: (request, draft, approver) =>
      saveRememberedAnswer(request, draft, { approver, channel: CHANNEL }, tools),
  };
}

/** Whether a kill switch stops a server, by its name. */
export function stoppedServers({ env }: Pick<Tools, 'env'>): (server: string) => boolean {
  const switches = readSwitches(stateFiles(guardPaths(env)).switches);
  return (server) => switches.some((one) => stops(one, server));
}
