// The port through which provisioning speaks to a centre.

/** The event socket of one centre, as far as provisioning needs it. */
export interface SwitchCommands {
  /**
   * Runs one API command, such as `callcenter_config agent list`.
   * @returns the body of the answer, `-ERR ...` included
   * @throws when no answer comes: the connection is gone, or was never there
   */
  run(command: string): Promise<string>;
}

/** The event socket of a centre, connected and let in. */
export interface SwitchConnection extends SwitchCommands {
  close(): void;
}

export interface SwitchAddress {
  /** Host or address; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
  readonly password: string;
}
