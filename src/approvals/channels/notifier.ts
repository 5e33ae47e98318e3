import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../../platform/paths.js';

/** A program that shows a notification, and the words that it is started with. */
export interface Notifier {
  readonly file: string;
  readonly args: (title: string, text: string) => readonly string[];
  /** Variables of its own beside those that every notifier gets. */
  readonly env: (title: string, text: string) => Readonly<Record<string, string>>;
}

/** What a notifier needs of the environment; everything else, guard's secrets among it, stays away from it. */
const VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
  'XAUTHORITY',
  'DBUS_SESSION_BUS_ADDRESS',
  'SystemRoot',
  'windir',
  'USERPROFILE',
  'LOCALAPPDATA',
  'APPDATA',
  'TEMP',
  'TMP',
];

/** The environment of a notifier. */
export function notifierEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
  );
}

/** The notifier of this machine; undefined where there is none. */
export function findNotifier(env: Environment, platform: NodeJS.Platform): Notifier | undefined {
  const known = NOTIFIERS[platform] ?? NOTIFIERS.linux;
  const file = programOn(env, known?.program ?? '', platform);
  return file === undefined || known === undefined ? undefined : { file, args: known.args, env: known.env };
}

const NOTHING_MORE = (): Record<string, string> => ({});

const NOTIFIERS: Partial<Record<NodeJS.Platform, Omit<Notifier, 'file'> & { readonly program: string }>> = {
  linux: {
    program: 'notify-send',
    // Bodies may be markup (Desktop Notifications Specification, "Markup").
    args: (title, text) => ['--app-name=guard', '--urgency=critical', '--', title, entities(text)],
    env: NOTHING_MORE,
  },
  darwin: {
    program: 'osascript',
    // The texts are arguments of the script and no part of it.
    args: (title, text) => [
      '-e',
      'on run argv',
      '-e',
      'display notification (item 2 of argv) with title (item 1 of argv)',
      '-e',
      'end run',
      '--',
      title,
      text,
    ],
    env: NOTHING_MORE,
  },
  win32: {
    program: 'powershell.exe',
    // PowerShell makes code of its arguments, so the texts travel as variables.
    args: () => ['-NoProfile', '-NonInteractive', '-Command', BALLOON],
    env: (title, text) => ({ GUARD_NOTICE_TITLE: title, GUARD_NOTICE_TEXT: text }),
  },
};

const BALLOON = [
  'Add-Type -AssemblyName System.Windows.Forms,System.Drawing',
  '$icon = New-Object System.Windows.Forms.NotifyIcon',
  '$icon.Icon = [System.Drawing.SystemIcons]::Information',
  '$icon.Visible = $true',
  '$icon.ShowBalloonTip(4000, $env:GUARD_NOTICE_TITLE, $env:GUARD_NOTICE_TEXT, 1)',
  'Start-Sleep -Seconds 4',
  '$icon.Dispose()',
].join('; ');

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A program in one of the absolute folders of PATH. */
function programOn(env: Environment, program: string, platform: NodeJS.Platform): string | undefined {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(platform === 'win32' ? ';' : ':');
  return folders
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, program))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
