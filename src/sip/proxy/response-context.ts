// The response context of one proxied request: RFC 3261 16.5 to 16.7 and 16.10. Which targets have been tried, what came back,
// and what goes to the caller.
//
// Better than drachtio-server, and invisible to drachtio-srf: a 6xx ends the search, the final timeout is kept, a target that
// cannot be reached counts as a 503 of its own and the next one is tried.
import { createResponse } from '../message/create-message.js';
import type { SipMessage } from '../message/sip-message.js';
import type { HeaderField } from '../transaction/generated-requests.js';
import type { ServerTransaction } from '../transaction/server-transaction.js';
import type { Flow, Target } from '../transport/transport.js';
import type { BranchResult } from './best-response.js';
import { bestResult, responseFor } from './best-response.js';
import { forwardedRequest } from './forwarded-request.js';
import { LateAnswers } from './late-answers.js';
import { ProxyBranch } from './proxy-branch.js';
import type { BranchUser } from './proxy-branch.js';
import type { ProxyContext, ProxyOptions, ProxyOutcome } from './proxy-options.js';
import type { ProxyParts } from './proxy-parts.js';
import { redirectTargets } from './redirect-targets.js';
import { upstreamResponse } from './upstream-response.js';

export interface ResponseContextParts {
  readonly server: ServerTransaction;
  readonly options: ProxyOptions;
  readonly parts: ProxyParts;
  /** Of `routingHash`, for the branches. */
  readonly hash: string;
  /** Called when it is done. */
  readonly forget: () => void;
}

export class ResponseContext implements ProxyContext, BranchUser {
  readonly #server: ServerTransaction;
  readonly #options: ProxyOptions;
  readonly #parts: ProxyParts;
  readonly #hash: string;
  readonly #forget: () => void;
  /** Targets still to be tried. */
  readonly #queue: string[];
  /** Every target there ever was, so that none is tried twice (16.5). */
  readonly #known: string[];
  #active: readonly ProxyBranch[] = [];
  readonly #results: BranchResult[] = [];
  #lateAnswers: LateAnswers | undefined;
  /** No new target is tried. */
  #isClosed = false;
  #isCancelled = false;
  #outcome: ProxyOutcome | undefined;

  constructor({ server, options, parts, hash, forget }: ResponseContextParts) {
    this.#server = server;
    this.#options = options;
    this.#parts = parts;
    this.#hash = hash;
    this.#forget = forget;
    // Arrays, for there are few of them, and they live as long as the transactions.
    this.#known = [...new Set(options.targets)];
    this.#queue = this.#known.slice(0, parts.maxTargets);
  }

  get callId(): string {
    return this.#server.request.callId;
  }

  get isDone(): boolean {
    return this.#outcome !== undefined;
  }

  start(): void {
    this.#proceed();
  }

  cancel(extraHeaders?: readonly HeaderField[]): void {
    // 16.10 needs an INVITE that has no final response.
    if (this.#isCancelled || this.isDone || !this.#server.isInvite) return;
    this.#isCancelled = true;
    this.#closeSearch(extraHeaders);
    this.#proceed();
  }

  /** The process ends: what rings is cancelled, the caller gets 503 and may try elsewhere. */
  close(retryAfter: string): void {
    if (this.isDone) return;
    this.#isClosed = true;
    for (const branch of this.#active) branch.leave();
    this.#active = [];
    const response = createResponse(this.#server.request, 503, undefined, this.#server.toTag);
    response.append('Retry-After', retryAfter);
    this.#server.respond(response);
    this.#done({ kind: 'failed', status: 503 });
  }

  forwarded(uri: string, target: Target): SipMessage {
    const { headers, recordRoute } = this.#options;
    const routes = recordRoute ? this.#routes(target) : [];
    return forwardedRequest(this.#server.request, { uri, headers, routes });
  }

  nextBranch(): string {
    return this.#parts.layer.branches.next(this.#hash);
  }

  onProvisional(_branch: ProxyBranch, response: SipMessage): void {
    // 16.7 step 5: every provisional but 100, as long as no final has gone up.
    if (!this.#server.hasFinal) this.#server.respond(upstreamResponse(response, this.#server.request));
  }

  onFinal(branch: ProxyBranch, response: SipMessage, flow: Flow): void {
    this.#ended(branch);
    if (response.statusCode < 300) {
      this.#succeed(branch, response, flow);
      return;
    }
    if (!this.isDone) this.#options.onResponse(response, flow);
    if (this.isDone) return;
    const { statusCode } = response;
    if (this.#options.followRedirects && statusCode < 400 && this.#redirect(response)) {
      this.#proceed();
      return;
    }
    this.#results.push({ status: statusCode, response });
    // 16.7 step 5: a 6xx ends the search. A challenge ends a serial one, so that the caller can answer it.
    const isChallenge = statusCode === 401 || statusCode === 407;
    if (statusCode >= 600 || (isChallenge && !this.#options.parallel)) this.#closeSearch();
    this.#proceed();
  }

  onFailure(branch: ProxyBranch, status: 408 | 503, addresses: readonly Target[]): void {
    this.#ended(branch);
    if (this.isDone) return;
    if (addresses.length > 0 && !this.#isClosed) {
      this.#startBranch(branch.uri, { addresses, finalMs: branch.finalMsLeft });
      return;
    }
    this.#results.push({ status, response: undefined });
    this.#proceed();
  }

  #ended(branch: ProxyBranch): void {
    this.#active = this.#active.filter((one) => one !== branch);
  }

  /** Starts what is to be started now, or ends when there is nothing left to wait for. */
  #proceed(): void {
    while (!this.#isClosed && (this.#options.parallel || this.#active.length === 0)) {
      const uri = this.#queue.shift();
      if (uri === undefined) break;
      this.#startBranch(uri);
    }
    if (this.#active.length === 0 && !this.isDone) this.#fail();
  }

  /** @param rest what another branch for the target has left */
  #startBranch(uri: string, rest?: { addresses: readonly Target[]; finalMs: number | undefined }): void {
    const { provisionalTimeoutMs, finalTimeoutMs } = this.#options;
    const branch = new ProxyBranch(uri, this.#parts, this, {
      provisionalMs: provisionalTimeoutMs,
      finalMs: rest === undefined ? finalTimeoutMs : rest.finalMs,
      timerCMs: this.#parts.timerCMs,
    });
    this.#active = [...this.#active, branch];
    if (rest === undefined) branch.start();
    else branch.startWith(rest.addresses);
  }

  /** No further target; those under way are cancelled, and awaited only when a response can be expected of them. */
  #closeSearch(extraHeaders?: readonly HeaderField[]): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    for (const branch of this.#active) {
      if (!branch.isProceeding) this.#ended(branch);
      branch.cancel(extraHeaders);
    }
  }

  #succeed(branch: ProxyBranch, response: SipMessage, flow: Flow): void {
    const isFirst = !this.isDone;
    // 16.7 step 5: every 2xx goes up at once, further ones too.
    const isPassedUp = this.#server.respond(upstreamResponse(response, this.#server.request));
    if (isFirst) {
      this.#options.onResponse(response, flow);
      this.#done({ kind: 'answered', status: response.statusCode });
      // Step 10.
      this.#closeSearch();
    } else if (!isPassedUp && this.#outcome?.kind !== 'answered' && branch.request?.method === 'INVITE') {
      // The caller has been told otherwise: the call that this 2xx has set up is ours to end.
      this.#lateAnswers ??= new LateAnswers(this.#parts);
      this.#lateAnswers.dismiss(branch.request, response);
    }
  }

  #redirect(response: SipMessage): boolean {
    const room = this.#parts.maxTargets - this.#known.length;
    const found = redirectTargets(response)
      .filter((uri) => !this.#known.includes(uri))
      .slice(0, Math.max(0, room));
    this.#known.push(...found);
    if (!this.#isClosed) this.#queue.unshift(...found);
    return found.length > 0 && !this.#isClosed;
  }

  #fail(): void {
    this.#isClosed = true;
    const { request, toTag } = this.#server;
    if (this.#isCancelled) {
      const terminated = this.#results.find(({ status }) => status === 487);
      this.#server.respond(
        terminated?.response === undefined
          ? createResponse(request, 487, undefined, toTag)
          : upstreamResponse(terminated.response, request),
      );
      this.#done({ kind: 'cancelled' });
      return;
    }
    // Deviation from RFC 4320 4.2: a request other than INVITE gets its 408 too; none of ours stays without a final response.
    const best = bestResult(this.#results) ?? { status: 408, response: undefined };
    const response = this.#unavailable() ?? responseFor(best, this.#results, request, toTag);
    this.#server.respond(response);
    const wasSent = this.#results.some((one) => one.response !== undefined || one.status === 408);
    this.#done({ kind: wasSent ? 'failed' : 'unreachable', status: response.statusCode });
  }

  /** Deviation from 16.7 step 6, which makes 500 of a 503: whoever asks for it is the last that could take the call. */
  #unavailable(): SipMessage | undefined {
    const { retryAfter } = this.#options;
    if (retryAfter === undefined) return undefined;
    if (this.#results.some(({ status }) => status !== 408 && (status < 500 || status > 599)))
      return undefined;
    const { request, toTag } = this.#server;
    const response = createResponse(request, 503, undefined, toTag);
    response.append('Retry-After', retryAfter);
    return response;
  }

  #done(outcome: ProxyOutcome): void {
    this.#outcome = outcome;
    this.#results.length = 0;
    this.#forget();
    this.#options.onDone(outcome);
  }

  /** One Record-Route, or two where the sides differ (RFC 5658 5). The one for the target's side goes on top, so comes last. */
  #routes(target: Target): string[] {
    const { own, transport, cookies } = this.#parts;
    const { flow, request } = this.#server;
    const cookie = cookies?.parameterFor(request.callId);
    const caller = { protocol: flow.protocol, address: flow.remoteAddress, port: flow.remotePort, flow };
    const inside = own.routeFor(transport.localFor(target), cookie);
    const outside = own.routeFor(transport.localFor(caller), cookie);
    return inside === outside ? [inside] : [outside, inside];
  }
}
