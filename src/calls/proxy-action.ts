// Action `proxy`: the engine's stateful proxy tries the destinations one after the other and stays out of the dialog, so that an
// answered call does not depend on us.
//
// One proxy command of drachtio-server has one header set for all targets, sends to a target only when the Request-URI was its
// own address, and cannot take a header off. A call that needs more than the engine behind us can do is run as b2bua instead
// (`needsOwnLegs`): an offer must not show at plain service, and nothing forged may pass.
import { isIP } from 'node:net';
import type { RouteStep } from '../decision/index.js';
import type { ProxyCommand, ProxyOutcome, ProxyResponse, ProxyTarget } from './gateway.js';
import type { Action, RoutedCall } from './routed-call.js';
import { decisionHeaders, headersToStrip, offerHeaders } from './cti-headers.js';
import { targetUri } from './decision-record.js';
import { parseAddress } from './sip-address.js';
import { terminationOf } from './termination.js';

const noHeaders = {};
const guardSlackMs = 64_000;

/** Whether the URI can be sent to by the engine: it speaks UDP and TCP, and has no gateway for telephone numbers. */
export function isDialable(step: RouteStep): boolean {
  return targetUri(step).startsWith('sip:');
}

/** Whether the engine's proxy cannot carry this call out exactly, so that our own legs must. */
export function needsOwnLegs(
  routed: RoutedCall,
  steps: readonly RouteStep[],
  strip: readonly string[],
): boolean {
  const { features } = routed;
  if (!features.perTargetHeaders && !shareOneOffer(steps)) return true;
  if (!features.removesHeaders && strip.length > 0) return true;
  return !features.retargetsAnyUri && !isLocal(routed);
}

function shareOneOffer(steps: readonly RouteStep[]): boolean {
  return steps.every((step) => step.offer?.offerCode === steps[0]?.offer?.offerCode);
}

function isLocal({ call, localAddresses }: RoutedCall): boolean {
  const match = /^sip:(?:[^@]*@)?([^;?]+)/i.exec(call.requestUri);
  const hostPort = match?.[1]?.toLowerCase();
  if (hostPort === undefined) return false;
  return localAddresses.has(/:\d+$/.test(hostPort) ? hostPort : `${hostPort}:5060`);
}

/** Starts the proxy; undefined when this call needs legs of our own. */
export function startProxy(routed: RoutedCall, given = routed.decision.steps): Action | undefined {
  const steps = given.filter(isDialable);
  const strip = headersToStrip(routed.call.headers, routed.trunk.trusted);
  if (needsOwnLegs(routed, steps, strip)) return undefined;
  return new ProxyAction(routed, steps, strip);
}

class ProxyAction implements Action {
  readonly #routed: RoutedCall;
  readonly #steps: readonly RouteStep[];
  readonly #guard;

  constructor(routed: RoutedCall, steps: readonly RouteStep[], strip: readonly string[]) {
    this.#routed = routed;
    this.#steps = steps;
    const { times, clock, call } = routed;
    const [first] = steps;
    if (first !== undefined) routed.trying(first);
    // The engine reports the end of every search; this is for the one that it does not.
    this.#guard = clock.after(steps.length * times.ringTimeoutMs + guardSlackMs, 'proxy-guard', () => {
      this.abandon('no-proxy-result');
    });
    call.proxy(proxyCommand(routed, steps, strip), (outcome) => this.#done(outcome));
  }

  /** The engine cancels the branches by itself (RFC 3261 16.10); the result comes with the outcome. */
  cancel(): void {
    this.#routed.log.debug({ callId: this.#routed.call.callId }, 'proxied call cancelled');
  }

  abandon(reason: string): void {
    this.#guard.cancel();
    this.#routed.ended({ result: 'indeterminate', reason }, { status: undefined, step: undefined });
    this.#routed.released();
  }

  #done(outcome: ProxyOutcome): void {
    this.#guard.cancel();
    if (outcome.kind === 'lost') {
      this.abandon('engine-link-lost');
      return;
    }
    const routed = this.#routed;
    if (outcome.kind === 'refused') {
      routed.log.warn({ callId: routed.call.callId, reason: outcome.reason }, 'engine refused to proxy');
      routed.ended({ result: 'server-error', reason: 'proxy-refused' }, { status: 500, step: undefined });
    } else {
      this.#settle(outcome.responses, outcome.status);
    }
    routed.released();
  }

  #settle(responses: readonly ProxyResponse[], reported: number | undefined): void {
    const routed = this.#routed;
    const attempts = matchAttempts(this.#steps, responses);
    attempts.forEach(({ step, status, reason }, index) => routed.attempted(index, step, { status, reason }));
    const answered = attempts.find(({ status }) => status !== undefined && status >= 200 && status < 300);
    if (answered !== undefined) {
      if (answered !== attempts[0]) routed.trying(answered.step);
      routed.ended({ result: 'success', reason: 'answered' }, answered);
      return;
    }
    const statuses = responses.map(({ status }) => status);
    const isCancelled = routed.call.isCancelled || statuses.at(-1) === 487;
    const status =
      reported ?? (isCancelled ? 487 : (statuses.find((one) => one >= 600) ?? lowestClass(statuses)));
    routed.ended(terminationOf(status), { status, step: undefined });
  }
}

/** What the engine chose for the caller by RFC 3261 16.7 step 6, as far as its report tells; 408 when nothing came. */
function lowestClass(statuses: readonly number[]): number {
  return statuses.reduce(
    (best, status) => (Math.floor(status / 100) < Math.floor(best / 100) ? status : best),
    statuses[0] ?? 408,
  );
}

function proxyCommand(
  routed: RoutedCall,
  steps: readonly RouteStep[],
  strip: readonly string[],
): ProxyCommand {
  const { decision, times } = routed;
  const headers = decisionHeaders(decision.decisionId);
  const [first] = steps;
  const isShared = shareOneOffer(steps);
  const shared =
    isShared && first?.offer !== undefined ? { ...headers, ...offerHeaders(first.offer) } : headers;
  const targets: ProxyTarget[] = steps.map((step) => ({
    uri: targetUri(step),
    headers: isShared || step.offer === undefined ? noHeaders : offerHeaders(step.offer),
  }));
  return {
    targets,
    headers: shared,
    remove: strip.filter((name) => !isReplaced(name, shared)),
    provisionalTimeoutMs: times.provisionalTimeoutMs,
    ringTimeoutMs: times.ringTimeoutMs,
    retryAfterSeconds: times.retryAfterSeconds,
  };
}

function isReplaced(name: string, headers: Readonly<Record<string, string>>): boolean {
  const lower = name.toLowerCase();
  return Object.keys(headers).some((one) => one.toLowerCase() === lower);
}

export interface MatchedAttempt {
  readonly step: RouteStep;
  readonly status: number | undefined;
  readonly reason: string;
}

/**
 * Which response came from which target: the engine reports final responses in order, with their source, but nothing of a target
 * that stayed silent. A response goes to the next target it can have come from; those passed over stayed silent.
 */
export function matchAttempts(
  steps: readonly RouteStep[],
  responses: readonly ProxyResponse[],
): readonly MatchedAttempt[] {
  const attempts: MatchedAttempt[] = [];
  let next = 0;
  for (const response of responses) {
    let at = next;
    while (at < steps.length && !canBeFrom(steps[at], response)) at++;
    if (at === steps.length) at = next;
    for (; next < at; next++) {
      const silent = steps[next];
      if (silent !== undefined) attempts.push({ step: silent, status: undefined, reason: 'silence' });
    }
    const step = steps[at];
    if (step === undefined) break;
    attempts.push({ step, status: response.status, reason: response.reason });
    next = at + 1;
  }
  return attempts;
}

function canBeFrom(step: RouteStep | undefined, response: ProxyResponse): boolean {
  if (step === undefined) return false;
  if (response.address === '') return true;
  const uri = targetUri(step);
  const host = parseAddress(uri)?.host.replace(/^\[|\]$/g, '') ?? '';
  if (isIP(host) === 0) return true;
  const port = Number(/:(\d+)(?:[;?]|$)/.exec(uri.slice(uri.lastIndexOf('@') + 1))?.[1] ?? 5060);
  return host === response.address.replace(/^\[|\]$/g, '') && port === response.port;
}
