/** What redaction looks for, by the names under which `audit.redact.detectors` switches it off, in words. */
export const DETECTOR_TEXTS = {
  named: 'Members, headers and options whose names announce a secret.',
  api_key: 'Keys and tokens of providers, known by their shape.',
  jwt: 'JSON Web Tokens.',
  private_key: 'Private keys in PEM and PGP blocks.',
  authorization: 'Bearer and basic values, authorization headers and cookies.',
  password: 'PASSWORD=… and its like in text, query parameters and connection strings.',
  url_password: 'Passwords in URLs.',
  card: 'Numbers of payment cards.',
  iban: 'International bank account numbers.',
  email: 'E-mail addresses.',
  entropy: 'Random values beside a name such as key or signature.',
} as const;

export type Detector = keyof typeof DETECTOR_TEXTS;

/** All of them. */
export const DETECTORS = Object.keys(DETECTOR_TEXTS) as readonly Detector[];

/** Which detectors are switched off. */
export type DetectorsOff = ReadonlySet<Detector>;
