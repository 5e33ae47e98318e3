import { SLACK_ARGUMENT_BLOCKS_MAX } from '../../platform/bounds.js';
import type { JsonObject } from '../../platform/json.js';
import type { ApprovalEnd } from '../channel.js';
import type { ApprovalRequest } from '../request.js';
import { code, codeBlocks, fits } from './slack-text.js';

/** Names of the buttons, the modal and its field, as Slack sends them back. */
export const SLACK_IDS = {
  approve: 'guard_approve',
  deny: 'guard_deny',
  modal: 'guard_deny_reason',
  reasonBlock: 'reason',
  reasonInput: 'text',
} as const;

/** A message as chat.postMessage and chat.update take it, without its place. */
export interface SlackMessage {
  /** What notifications show; guard's own words and escaped names. */
  readonly text: string;
  readonly blocks: JsonObject[];
}

/** Whether a message shows the call to its last character: only then can it be approved there. */
export function isShownWhole(request: ApprovalRequest): boolean {
  const names = [request.server, request.tool ?? request.method, request.target ?? ''];
  return request.arguments_complete && names.every(fits) && argumentBlocks(request).left === 0;
}

/** A request that waits. `answers` is false where this channel can only notify. */
export function waitingMessage(request: ApprovalRequest, answers: boolean): SlackMessage {
  return {
    text: `A call waits for an answer: ${code(request.server)} ${code(nameOf(request))}`,
    blocks: [
      heading('A call waits for an answer'),
      ...facts(request),
      ...argumentSections(request),
      context(`Answer until ${request.expires_at}. ${code(request.id)}`),
      ...(answers ? [buttons(request)] : [context('Answers must be signed: run guard approve.')]),
    ],
  };
}

/** A request that is over. */
export function endedMessage(request: ApprovalRequest, end: ApprovalEnd): SlackMessage {
  const by = end.approver === null ? '' : ` by ${who(end)}`;
  const where = end.channel === null ? '' : ` (${code(end.channel)})`;
  const why = end.reason === null || end.reason === '' ? '' : `\nReason: ${code(end.reason)}`;
  const words = { approved: 'Approved', denied: 'Denied', expired: 'Expired', withdrawn: 'Withdrawn' };
  return {
    text: `${words[end.state]}: ${code(request.server)} ${code(nameOf(request))}`,
    blocks: [
      heading(`${words[end.state]}: this call waits no more`),
      section(`${words[end.state]}${by}${where} after ${Math.round(end.waited_ms / 1000)} s${why}`),
      ...facts(request),
      ...argumentSections(request),
      context(code(request.id)),
    ],
  };
}

/** The modal that asks why a call is denied. */
export function reasonModal(request: ApprovalRequest): JsonObject {
  return {
    type: 'modal',
    callback_id: SLACK_IDS.modal,
    private_metadata: request.id,
    title: plain('Deny this call'),
    submit: plain('Deny'),
    close: plain('Cancel'),
    blocks: [
      section(`${code(request.server)} ${code(nameOf(request))}`),
      {
        type: 'input',
        block_id: SLACK_IDS.reasonBlock,
        optional: true,
        label: plain('Reason'),
        hint: plain('The agent reads it.'),
        element: {
          type: 'plain_text_input',
          action_id: SLACK_IDS.reasonInput,
          multiline: true,
          max_length: 2000,
        },
      },
    ],
  };
}

function facts(request: ApprovalRequest): JsonObject[] {
  const rows: [string, string | null][] = [
    ['Server', request.server],
    [request.tool === null ? 'Method' : 'Tool', request.tool ?? request.method],
    ['Target', request.target],
    ['Agent', request.agent],
    ['Client', request.client],
    ['Folder', request.project],
  ];
  const shown = rows.flatMap(([name, value]) => (value === null ? [] : [`*${name}:* ${code(value)}`]));
  const rules = request.rules.map(
    ({ layer, name, message }) =>
      `*Rule:* ${code(`${layer}/${name}`)}${message === null ? '' : ` ${code(message)}`}`,
  );
  const beyond = rules.length - RULES_SHOWN;
  const more = beyond > 0 ? [`and ${beyond} more rules`] : [];
  return [
    ...warnings(request).map((words) => section(`:warning: *${words}*`)),
    section([...shown, ...rules.slice(0, RULES_SHOWN), ...more].join('\n')),
    ...(request.escalated_at === null ? [] : [context(`Escalated at ${request.escalated_at}.`)]),
    ...(request.undelivered.length === 0
      ? []
      : [
          context(
            `Not delivered to ${request.undelivered
              .slice(0, 5)
              .map(({ channel }) => code(channel))
              .join(', ')}.`,
          ),
        ]),
  ];
}

/** A section holds 3000 characters, and a rule takes up to 500 of them. */
const RULES_SHOWN = 3;

function warnings(request: ApprovalRequest): string[] {
  return [
    request.destructive ? 'The tool says that it may destroy something.' : '',
    request.standing === 'drifted' ? 'The definition of the tool has changed.' : '',
    request.standing === 'unlisted' ? 'The tool is not on the list of its server.' : '',
    isShownWhole(request)
      ? ''
      : 'The arguments are not shown whole: here the call can only be denied. guard approve shows them.',
  ].filter((words) => words !== '');
}

function argumentBlocks({ arguments: value }: ApprovalRequest): ReturnType<typeof codeBlocks> {
  return codeBlocks(JSON.stringify(value, null, 2), SLACK_ARGUMENT_BLOCKS_MAX);
}

function argumentSections(request: ApprovalRequest): JsonObject[] {
  const title = `*Arguments* (${request.arg_size} bytes)`;
  if (!request.arguments_complete) return [section(`${title}: too large to be shown`)];
  const { blocks, left } = argumentBlocks(request);
  return [
    section(title),
    ...blocks.map(section),
    ...(left > 0 ? [section(`*… cut here: ${left} more characters are not shown*`)] : []),
  ];
}

function buttons(request: ApprovalRequest): JsonObject {
  const grave = request.destructive || request.standing === 'drifted';
  const approve: JsonObject = {
    type: 'button',
    action_id: SLACK_IDS.approve,
    text: plain('Approve'),
    style: 'primary',
    value: request.id,
    ...(grave
      ? {
          confirm: {
            title: plain('Approve this call?'),
            text: plain(request.destructive ? 'It may destroy something.' : 'Its tool has changed.'),
            confirm: plain('Approve'),
            deny: plain('Back'),
            style: 'danger',
          },
        }
      : {}),
  };
  const deny: JsonObject = {
    type: 'button',
    action_id: SLACK_IDS.deny,
    text: plain('Deny…'),
    style: 'danger',
    value: request.id,
  };
  return { type: 'actions', elements: isShownWhole(request) ? [approve, deny] : [deny] };
}

/** Members of the workspace as Slack shows them; anybody else as text. */
function who({ approver }: ApprovalEnd): string {
  return /^[UW][A-Z0-9]{2,30}$/.test(approver ?? '') ? `<@${approver}>` : code(approver ?? '');
}

function nameOf({ tool, method, target }: ApprovalRequest): string {
  return tool ?? (target === null ? method : `${method} ${target}`);
}

function heading(words: string): JsonObject {
  return { type: 'header', text: plain(words) };
}

function section(text: string): JsonObject {
  // Verbatim: Slack makes no links of names and addresses by itself.
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

function context(text: string): JsonObject {
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

function plain(text: string): JsonObject {
  return { type: 'plain_text', text, emoji: false };
}
