/** Where a syslog server listens. */
export interface SyslogAddress {
  readonly transport: 'udp' | 'tcp';
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(udp|tcp):\/\/(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i;

/** The address that `udp://host:port` or `tcp://host:port` means; undefined where it is none. */
export function readSyslogAddress(text: string): SyslogAddress | undefined {
  const [, transport = '', bracketed, plain = '', digits = ''] = ADDRESS.exec(text) ?? [];
  const port = Number(digits);
  if (transport === '' || port < 1 || port > 65_535) return undefined;
  if (bracketed !== undefined && !URL.canParse(`http://[${bracketed}]`)) return undefined;
  return {
    transport: transport.toLowerCase() === 'udp' ? 'udp' : 'tcp',
    host: bracketed ?? plain,
    port,
  };
}
