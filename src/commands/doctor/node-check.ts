import { type DoctorCheck, fine, problem } from './doctor-check.js';

/** The oldest release line that guard runs on, as package.json's `engines` names it. */
const LEAST = [20, 19] as const;

/** Whether Node.js is new enough. */
export function nodeCheck(version: string = process.versions.node): DoctorCheck {
  return {
    name: 'node',
    run() {
      const [major = 0, minor = 0] = version.split('.').map(Number);
      const isEnough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
      return [
        isEnough
          ? fine(`Node.js ${version}`)
          : problem(`Node.js ${version} is too old`, `install Node.js ${LEAST.join('.')} or newer`),
      ];
    },
  };
}
