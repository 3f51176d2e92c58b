// One call at the fake FreeSWITCH: its outbound socket, as in the transcript fsmrf-play-collect-outbound-socket.txt, with the
// applications that the IVR bank uses. Digits, hang-ups and rubbish come when the test says so.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface ChannelScript {
  /** Prompts that are not there. */
  readonly missing: RegExp;
  /** Length of every prompt but silence, in milliseconds. */
  readonly promptMs: number;
  /** Outcome of `bridge`: answered, nothing ever, or a cause such as USER_BUSY. */
  readonly bridge: string;
  /** Pressed as soon as digits are collected; '' when the test presses them. */
  readonly keys: string;
  /** More variables in each event, as a real one has. */
  readonly padding: number;
}

type Fields = Record<string, string>;
interface Running {
  readonly uuid: string;
  readonly application: string;
  readonly argument: string;
  timer?: NodeJS.Timeout;
  /** A key came. */
  onKey(): void;
}

const silenceMs = /^silence_stream:\/\/(\d+)$/;

export class FakeChannel {
  readonly uuid = randomUUID();
  /** `application argument` in the order they came. */
  readonly executed: string[] = [];
  readonly commands: string[] = [];
  isHungUp = false;
  readonly #script: ChannelScript;
  readonly #sdp: string;
  readonly #userAgent: string;
  readonly #socketAddress: string;
  readonly #onHangup: (cause: string) => void;
  readonly #variables: Fields = {};
  readonly #waiting: Running[] = [];
  readonly #events = new Set<string>();
  #socket: Socket | undefined;
  #running: Running | undefined;
  #keys = '';
  #received = '';
  #first: string | Uint8Array | undefined;

  constructor(options: {
    readonly script: ChannelScript;
    /** User-Agent of the INVITE: which attempt of fsmrf it is. */
    readonly userAgent: string;
    /** X-esl-outbound of the INVITE. */
    readonly socketAddress: string;
    readonly sdp: string;
    /** The channel hangs up by itself: BYE. */
    readonly onHangup: (cause: string) => void;
  }) {
    this.#script = options.script;
    this.#userAgent = options.userAgent;
    this.#socketAddress = options.socketAddress;
    this.#sdp = options.sdp;
    this.#onHangup = options.onHangup;
    for (let at = 0; at < options.script.padding; at++) this.#variables[`padding_${at}`] = 'x'.repeat(16);
  }

  get isConnected(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed;
  }

  /** What a test waits for: an application that is at work. */
  get running(): string {
    return this.#running?.application ?? '';
  }

  /** The application `socket`. @param first bytes in place of the channel data */
  open({ first }: { readonly first?: string | Uint8Array } = {}): void {
    const [host = '', port = '0'] = this.#socketAddress.split(':');
    const socket = connect(Number(port), host);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (data) => this.#receive(data.toString()));
    if (first !== undefined) this.#first = first;
    socket.on('close', () => this.hangup('NORMAL_CLEARING'));
  }

  press(keys: string): void {
    for (const key of keys) {
      this.#keys += key;
      this.#event('DTMF', { 'DTMF-Digit': key, 'DTMF-Duration': '2240', 'DTMF-Source': 'RTP' });
      this.#running?.onKey();
    }
  }

  /** The far end of a bridge hangs up. */
  endBridge(): void {
    if (this.#running?.application === 'bridge')
      this.#complete(this.#running, { 'Application-Response': '_none_' });
  }

  hangup(cause: string): void {
    if (this.isHungUp) return;
    this.isHungUp = true;
    clearTimeout(this.#running?.timer);
    if (this.#running !== undefined) this.#complete(this.#running, { 'Hangup-Cause': cause });
    this.#event('CHANNEL_CALLSTATE', {
      'Channel-State': 'CS_HANGUP',
      'Channel-Call-State': 'HANGUP',
      'Hangup-Cause': cause,
    });
    const goodbye = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
    this.send(
      `Content-Type: text/disconnect-notice\nControlled-Session-UUID: ${this.uuid}\nContent-Disposition: disconnect\n` +
        `Content-Length: ${goodbye.length}\n\n${goodbye}`,
    );
    this.#socket?.end();
    this.#onHangup(cause);
  }

  /** Nothing more is answered, and nothing is closed. */
  freeze(): void {
    this.#socket?.removeAllListeners('data');
    this.#socket?.resume();
    clearTimeout(this.#running?.timer);
    this.#running = undefined;
  }

  cut(): void {
    this.isHungUp = true;
    clearTimeout(this.#running?.timer);
    this.#socket?.resetAndDestroy();
  }

  send(text: string | Uint8Array): void {
    if (this.#socket?.writable === true) this.#socket.write(text);
  }

  #receive(text: string): void {
    this.#received += text;
    for (let end = this.#received.indexOf('\n\n'); end !== -1; end = this.#received.indexOf('\n\n')) {
      const command = this.#received.slice(0, end);
      this.#received = this.#received.slice(end + 2);
      this.#command(command.trim());
    }
  }

  #command(text: string): void {
    const [line = '', ...rest] = text.split('\n');
    this.commands.push(line);
    if (line === 'connect') {
      this.send(this.#first ?? this.#channelData());
      return;
    }
    if (line.startsWith('api ')) {
      this.send('Content-Type: api/response\nContent-Length: 4\n\n+OK\n');
      return;
    }
    const [verb, ...names] = line.split(' ');
    if (verb === 'event')
      for (const name of names.slice(1)) this.#events.add(name.replace('SWITCH_EVENT_', ''));
    if (verb === 'nixevent') for (const name of names) this.#events.delete(name);
    this.send('Content-Type: command/reply\nReply-Text: +OK\n\n');
    if (!line.startsWith('sendmsg ')) return;
    const fields = Object.fromEntries(
      rest.map((one) => [one.slice(0, one.indexOf(': ')), one.slice(one.indexOf(': ') + 2)]),
    );
    this.#execute(fields);
  }

  #execute(fields: Fields): void {
    const running: Running = {
      uuid: fields['Event-UUID'] ?? '',
      application: fields['execute-app-name'] ?? '',
      argument: fields['execute-app-arg'] ?? '',
      onKey: () => undefined,
    };
    this.executed.push(`${running.application} ${running.argument}`.trim());
    this.#waiting.push(running);
    this.#next();
  }

  #next(): void {
    const running = this.#waiting.shift();
    if (running === undefined || this.isHungUp) return;
    if (this.#running !== undefined) {
      this.#waiting.unshift(running);
      return;
    }
    this.#running = running;
    const { application, argument } = running;
    this.#event('CHANNEL_EXECUTE', { Application: application, 'Application-Data': argument });
    if (application === 'playback') this.#playback(running);
    else if (application === 'play_and_get_digits') this.#collect(running);
    else if (application === 'bridge') this.#bridge(running);
    else if (application === 'hangup') this.hangup('NORMAL_CLEARING');
    else {
      const [, name = '', value = ''] = /^([^=]+)=?(.*)$/.exec(argument) ?? [];
      if (application === 'set' && value !== '') this.#variables[name] = value;
      else Reflect.deleteProperty(this.#variables, name);
      this.#complete(running, { 'Application-Response': '_none_' });
    }
  }

  #playback(running: Running): void {
    const files = running.argument.split('!').filter((file) => !this.#script.missing.test(file));
    const isFound = !this.#script.missing.test(running.argument.split('!').at(-1) ?? '');
    const done = (terminator: string): void => {
      this.#variables['playback_terminator_used'] = terminator;
      this.#event('PLAYBACK_STOP', { 'Playback-Status': terminator === '' ? 'done' : 'break' });
      this.#complete(running, { 'Application-Response': isFound ? 'FILE PLAYED' : 'FILE NOT FOUND' });
    };
    running.onKey = () => {
      const key = this.#keys.slice(0, 1);
      this.#keys = this.#keys.slice(1);
      if (key !== '' && (this.#variables['playback_terminators'] ?? '*').includes(key)) done(key);
    };
    const ms = files.reduce(
      (sum, file) => sum + Number(silenceMs.exec(file)?.[1] ?? this.#script.promptMs),
      0,
    );
    if (ms > 0) running.timer = setTimeout(() => done(''), ms);
    if (this.#keys !== '') running.onKey();
    else if (ms === 0) done('');
  }

  #collect(running: Running): void {
    const [min = '', max = '', , first = '', terminators = '', , , name = '', , between = ''] =
      running.argument.split(' ');
    let digits = '';
    const done = (terminator: string): void => {
      if (terminator !== '') this.#variables['read_terminator_used'] = terminator;
      if (digits === '') Reflect.deleteProperty(this.#variables, name);
      else this.#variables[name] = digits;
      this.#variables['read_result'] = digits.length >= Number(min) ? 'success' : 'failure';
      this.#complete(running, { 'Application-Response': '_none_' });
    };
    running.onKey = () => {
      clearTimeout(running.timer);
      while (this.#keys !== '' && this.#running === running) {
        const key = this.#keys.slice(0, 1);
        this.#keys = this.#keys.slice(1);
        if (terminators !== 'none' && terminators.includes(key)) done(key);
        else if ((digits += key).length >= Number(max)) done('');
      }
      if (this.#running === running) running.timer = setTimeout(() => done(''), Number(between));
    };
    if (this.#keys !== '') running.onKey();
    else running.timer = setTimeout(() => done(''), Number(first));
    if (this.#script.keys !== '') this.press(this.#script.keys);
  }

  #bridge(running: Running): void {
    const { bridge } = this.#script;
    if (bridge === 'silence') return;
    this.#variables['originate_disposition'] = bridge === 'answered' ? 'SUCCESS' : bridge;
    if (bridge === 'answered') this.#event('CHANNEL_BRIDGE', { 'Bridge-A-Unique-ID': this.uuid });
    else this.#complete(running, { 'Application-Response': bridge });
  }

  #complete(running: Running, fields: Fields): void {
    if (this.#running === running) this.#running = undefined;
    clearTimeout(running.timer);
    this.#event('CHANNEL_EXECUTE_COMPLETE', {
      Application: running.application,
      'Application-Data': running.argument,
      'Application-UUID': running.uuid,
      ...fields,
    });
    this.#next();
  }

  #event(name: string, fields: Fields): void {
    if (!this.#events.has(name)) return;
    const variables = Object.entries(this.#variables).filter(([, value]) => value !== '');
    const body = JSON.stringify({
      'Event-Name': name,
      'Core-UUID': 'b9a5022a-a6b7-4870-b4c8-5b514af3b2b5',
      'Unique-ID': this.uuid,
      'Channel-State': 'CS_EXECUTE',
      ...Object.fromEntries(variables.map(([key, value]) => [`variable_${key}`, value])),
      ...fields,
    });
    this.send(`Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-json\n\n${body}`);
  }

  #channelData(): string {
    const fields: Fields = {
      'Event-Name': 'CHANNEL_DATA',
      'Core-UUID': 'b9a5022a-a6b7-4870-b4c8-5b514af3b2b5',
      'Channel-Unique-ID': this.uuid,
      'Unique-ID': this.uuid,
      variable_sip_user_agent: this.#userAgent,
      variable_rtp_local_sdp_str: this.#sdp,
      variable_dtmf_type: 'rfc2833',
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${encodeURIComponent(value)}\n`);
    return `${lines.join('')}Content-Type: command/reply\nReply-Text: %2BOK%0A\nSocket-Mode: async\nControl: full\n\n`;
  }
}
