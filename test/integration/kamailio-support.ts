// A user agent for calls through Kamailio: an unmodified drachtio-srf application on an engine of its own.
import { openStage, sdp } from './control-support.js';
import type { SrfDialog, SrfMessage, SrfRequest, SrfResponse, Stage } from './control-support.js';

export const held = `${sdp}a=sendonly\r\n`;

/**
 * What happened at one end: requests inside dialogs, as `BYE 2`: the method and how many Vias it came with; or `BYE astray`, when
 * it came another way than the INVITE of the call did.
 */
class Heard {
  readonly #lines: string[] = [];
  readonly #waiting: { line: string; resolve: () => void }[] = [];
  readonly #ways = new Map<string, string>();
  /** Whoever forwarded the INVITE may leave the dialog. */
  mayBeShorter = false;

  add(request: SrfMessage): void {
    const vias = request.raw.split('\r\n').filter((line) => /^(via|v)\s*:/i.test(line));
    const way = vias.map((via) => /SIP\/2\.0\/[^;]*/.exec(via)?.[0]).join(' ');
    const callId = request.get('call-id');
    if (request.method === 'INVITE' && !this.#ways.has(callId)) this.#ways.set(callId, way);
    const isAstray = !this.mayBeShorter && (this.#ways.get(callId) ?? way) !== way;
    const line = `${request.method} ${isAstray ? 'astray' : vias.length}`;
    const at = this.#waiting.findIndex((one) => one.line === line);
    if (at === -1) this.#lines.push(line);
    else this.#waiting.splice(at, 1)[0]?.resolve();
  }

  async next(line: string): Promise<void> {
    const at = this.#lines.indexOf(line);
    if (at !== -1) {
      this.#lines.splice(at, 1);
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push({ line, resolve }));
  }
}

/** A user agent that accepts what comes in its dialogs. */
export class Party {
  readonly heard = new Heard();
  readonly cancelled: SrfRequest[] = [];
  /** Record-Route entries of the last INVITE. */
  recordRoutes = 0;
  #take: ((dialog: SrfDialog) => void) | undefined;
  /** Every call rings on, as calls to `ring` do. */
  ringsAll = false;
  onRing: (() => void) | undefined;

  constructor(readonly stage: Stage) {}

  answered(): Promise<SrfDialog> {
    return new Promise((resolve) => (this.#take = resolve));
  }

  watch(dialog: SrfDialog): SrfDialog {
    dialog.on('modify', (req: SrfRequest, res: SrfResponse) => {
      this.heard.add(req);
      res.send(200, { body: sdp });
    });
    dialog.on('destroy', (req: SrfRequest) => this.heard.add(req));
    dialog.on('refer', (req: SrfRequest, res: SrfResponse) => {
      this.heard.add(req);
      res.send(202);
      void this.#report(dialog);
    });
    dialog.on('notify', (req: SrfRequest, res: SrfResponse) => {
      this.heard.add(req);
      res.send(200);
    });
    return dialog;
  }

  async invited(req: SrfRequest, res: SrfResponse): Promise<void> {
    this.heard.add(req);
    this.recordRoutes = req.get('record-route').split(',').length;
    if (this.ringsAll || req.uri.includes('ring')) {
      req.on('cancel', () => this.cancelled.push(req));
      res.send(180);
      this.onRing?.();
      return;
    }
    const dialog = await this.stage.srf.createUAS(req, res, { localSdp: sdp });
    this.#take?.(this.watch(dialog));
  }

  /** RFC 3515 2.4.4 */
  async #report(dialog: SrfDialog): Promise<void> {
    for (const [state, body] of [
      ['active;expires=60', 'SIP/2.0 100 Trying\r\n'],
      ['terminated;reason=noresource', 'SIP/2.0 200 OK\r\n'],
    ] as const) {
      const headers = { Event: 'refer', 'Subscription-State': state, 'Content-Type': 'message/sipfrag' };
      await dialog.request({ method: 'NOTIFY', headers, body });
    }
  }
}

export async function party(): Promise<Party> {
  let found: Party | undefined;
  const stage = await openStage('in-process', (srf) => {
    srf.invite((req, res) => void found?.invited(req, res));
  });
  return (found = new Party(stage));
}
