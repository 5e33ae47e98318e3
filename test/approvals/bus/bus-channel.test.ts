import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { createBusChannel } from '../../../src/approvals/bus/bus-channel.js';
import { busFolders, fileOf } from '../../../src/approvals/bus/bus-folder.js';
import { currentOwner } from '../../../src/platform/process-owner.js';
import { systemClock } from '../../../src/platform/clock.js';
import { createDiagnostics } from '../../../src/platform/diagnostics.js';
import { describeChannel } from '../../contract/channel-contract.js';
import { verifies } from '../../requirements.js';
import { approvalAnswer } from '../../support/approval-requests.js';

verifies('approval:channel:contract');

describe('bus channel', () => {
  describeChannel(() => {
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'guard-bus-'));
    const folders = busFolders(path.join(parent, 'approvals'));
    const channel = createBusChannel({
      folder: folders.root,
      clock: systemClock(),
      diagnostics: createDiagnostics(() => undefined),
      owner: currentOwner(),
    });
    return {
      channel,
      shown: (id) => text(folders.requests, id),
      shownEnd: (id) => text(folders.ended, id),
      answer(request, decision, approver) {
        const answer = approvalAnswer(request, decision, { approver });
        const file = fileOf(folders.answers, request.id);
        fs.writeFileSync(`${file}.new`, JSON.stringify(answer), { mode: 0o600 });
        fs.renameSync(`${file}.new`, file);
      },
      breakTransport() {
        // Nobody can make a folder where a file is, not even root.
        fs.rmSync(folders.root, { recursive: true, force: true });
        fs.writeFileSync(folders.root, '');
      },
      cleanUp: () => fs.rmSync(parent, { recursive: true }),
    };
  });
});

function text(folder: string, id: string): string | undefined {
  const file = fileOf(folder, id);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}
