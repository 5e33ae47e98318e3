import { Writable } from 'node:stream';
import type { DecisionFields, EventFields, OutcomeFields } from '../../src/audit/encode.js';
import type { AuditTrail } from '../../src/audit/trail.js';
import type { ApprovalChannel } from '../../src/approvals/channel.js';
import type { DeskOptions } from '../../src/approvals/desk-options.js';
import type { ApprovalDesk } from '../../src/approvals/desk.js';
import { type Clock, systemClock } from '../../src/platform/clock.js';
import { composePipeline } from '../../src/pipeline/compose.js';
import { settleCharge } from '../../src/pipeline/settle.js';
import type { LayerSource } from '../../src/policy/compile.js';
import { ClientChannel } from '../../src/conversation/client-channel.js';
import { ClientLane } from '../../src/conversation/client-lane.js';
import { Conversation } from '../../src/conversation/conversation.js';
import { Outlet } from '../../src/conversation/outlet.js';
import { RequestStates } from '../../src/conversation/request-state.js';
import { ServerLane } from '../../src/conversation/server-lane.js';
import type { WaitingTimes } from '../../src/conversation/waiting-time.js';
import { ask, compiled, layer } from '../policy/support.js';
import { asking } from './asking.js';
import type { Wire } from './spawned.js';
import { counting } from './counting.js';

export interface DoorOptions {
  /** Channels beside the client's own dialogs. */
  readonly channels?: readonly ApprovalChannel[];
  /** Whether the client is asked too. */
  readonly inClient?: boolean;
  readonly desk?: Partial<DeskOptions>;
  readonly waitingTimes?: WaitingTimes;
  readonly clock?: Clock;
  /** Sees each message for the server as it leaves. */
  readonly onForward?: (message: Wire) => void;
}

/** A door whose ends are the test: both lanes, the real desk and pipeline, a log in memory. */
export interface ApprovalDoor {
  readonly desk: ApprovalDesk;
  readonly conversation: Conversation;
  readonly lane: ClientLane;
  readonly serverLane: ServerLane;
  /** What reached the server, as messages and as bytes. */
  readonly toServer: Wire[];
  readonly serverLines: string[];
  readonly toClient: Wire[];
  /** The records that the log holds. */
  readonly records: (DecisionFields | OutcomeFields | EventFields)[];
  readonly decisions: DecisionFields[];
  /** Messages of the client, in one read. */
  client(...messages: readonly (Wire | string)[]): void;
  server(...messages: readonly (Wire | string)[]): void;
  /** Puts other layers into force, with a digest of their own. */
  reload(layers: readonly LayerSource[]): void;
  /** What is counted, and at what time. */
  readonly counted: ReturnType<typeof counting>;
  /** While false nothing can be written to the log. */
  recorded: boolean;
}

/** A policy that asks about every tool called `write…` and allows the rest. */
export const ASKING = [layer([ask({ tool: 'write*' })], { policy: { unlisted_tools: 'allow' } })];

export function approvalDoor(
  layers: readonly LayerSource[] = ASKING,
  options: DoorOptions = {},
): ApprovalDoor {
  const { channels = [], inClient = false, clock = systemClock() } = options;
  const channel = inClient ? new ClientChannel({ clock, idPrefix: 'guard-x' }) : undefined;
  const { gate, approvals } = asking([...(channel === undefined ? [] : [channel]), ...channels], {
    clock,
    ...options.desk,
  });
  const desk = approvals.parts?.desk;
  if (desk === undefined) throw new Error('there is no desk');
  let policy = compiled(layers);
  let version = 0;
  const counted = counting(undefined, policy);
  const log = logInMemory(() => door.recorded);
  const conversation = new Conversation({
    parties: { server: 'files', agent: undefined, session: undefined },
    trail: log.trail,
    pipeline: composePipeline({
      policyInForce: () => policy,
      trail: log.trail,
      approvals: { ...gate, policyDigest: () => `policy ${version}` },
      limits: counted.gate,
      killSwitch: () => undefined,
    }),
    settleCharge: (charge, result) =>
      settleCharge(counted.ledger, charge, result, counted.nowMs, (why) => counted.notes.push(why)),
    approvals: {
      parts: {
        desk,
        channel,
        states: new RequestStates(Buffer.alloc(32, 7)),
        waitingTimes: options.waitingTimes ?? [],
      },
      connect: (link) => channel?.connect(link),
    },
    policyInForce: () => policy,
    clock,
    diagnostics: { note: () => undefined, repeated: () => undefined, suppressed: () => new Map() },
    denialStyle: 'error',
    auditRequired: true,
    writer: 'w',
  });
  const toServer: Wire[] = [];
  const serverLines: string[] = [];
  const toClient: Wire[] = [];
  const server = outlet((line) => {
    const message = JSON.parse(line) as Wire;
    serverLines.push(line);
    toServer.push(message);
    options.onForward?.(message);
  });
  const client = outlet((line) => void toClient.push(JSON.parse(line) as Wire));
  const lane = new ClientLane(conversation, server, client, 1 << 20);
  const serverLane = new ServerLane(conversation, server, client, 1 << 20);
  const door: ApprovalDoor = {
    desk,
    conversation,
    counted,
    lane,
    serverLane,
    toServer,
    serverLines,
    toClient,
    records: log.records,
    decisions: log.decisions,
    recorded: true,
    client: (...messages) => lane.receive(linesOf(messages)),
    server: (...messages) => serverLane.receive(linesOf(messages)),
    reload(next) {
      policy = compiled(next);
      version += 1;
    },
  };
  return door;
}

function linesOf(messages: readonly (Wire | string)[]): Buffer {
  const lines = messages.map((one) =>
    typeof one === 'string' ? `${one}\n` : `${JSON.stringify({ jsonrpc: '2.0', ...one })}\n`,
  );
  return Buffer.from(lines.join(''));
}

function outlet(take: (line: string) => void): Outlet {
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    for (const line of chunk.toString('utf8').split('\n').slice(0, -1)) take(line);
    done();
  };
  return new Outlet(new Writable({ write }), () => undefined);
}

/** A log that loses what was staged where it cannot be written, as the file does. */
function logInMemory(isWritable: () => boolean) {
  const records: (DecisionFields | OutcomeFields | EventFields)[] = [];
  const decisions: DecisionFields[] = [];
  let staged: (DecisionFields | OutcomeFields | EventFields)[] = [];
  const stage = (record: DecisionFields | OutcomeFields | EventFields): void => void staged.push(record);
  const commit = (): boolean => {
    const lines = staged;
    staged = [];
    if (!isWritable()) return false;
    for (const record of lines) {
      records.push(record);
      if ('decision' in record) decisions.push(record);
    }
    return true;
  };
  const trail: AuditTrail = {
    logsArguments: false,
    logsResponses: false,
    identify: () => undefined,
    decision: stage,
    outcome: stage,
    refusal: () => undefined,
    event: stage,
    commit,
    commitSoon: () => undefined,
    close: () => undefined,
  };
  return { trail, records, decisions };
}
