// What a ranking run came to, in words: the page and the screen say the same.
import { count, counted, percent } from './number-text.js';
import { GATE_WORDS, GATES } from './run-report.js';
import type { OfferFunnel, RankingGate, RunReport } from './run-report.js';

/** `nothing`: a dry run, a sample, or a run that stopped before it was published. */
export function outcomeKind(report: RunReport): 'published' | 'nothing' {
  return report.generation === null ? 'nothing' : 'published';
}

/** One sentence. */
export function outcomeSentence(report: RunReport): string {
  const offers = `${count(report.withOffers)} of ${counted(report.customers, 'customer')} have an offer`;
  if (report.generation !== null)
    return `Published generation ${count(report.generation)} of partner ${report.partner}: ${offers}.`;
  const sample = report.sampleShare < 1 ? `a sample of ${percent(report.sampleShare)} of ` : '';
  if (report.isDryRun)
    return `Dry run over ${sample}partner ${report.partner}, nothing was published: ${offers}.`;
  if (sample !== '') return `Ran over ${sample}partner ${report.partner}, nothing was published: ${offers}.`;
  return `Nothing was published for partner ${report.partner}: ${offers}.`;
}

/** Gates that removed a customer from at least one offer, in their order. */
export function activeGates(offers: readonly OfferFunnel[]): readonly RankingGate[] {
  return GATES.filter((gate) => offers.some((offer) => offer.removed[gate] > 0));
}

/** Most often first on top; equal ones in configured order. */
export function byFirstShare(offers: readonly OfferFunnel[]): readonly OfferFunnel[] {
  return [...offers].sort((a, b) => b.first - a.first || b.ranked - a.ranked);
}

/** Why a first offer moved: the words of a gate, or of `outranked`. */
export function moveWords(why: string): string {
  if (isGate(why)) return GATE_WORDS[why];
  return why === 'outranked' ? 'another offer is worth more now' : why;
}

function isGate(word: string): word is RankingGate {
  return Object.hasOwn(GATE_WORDS, word);
}

export function secondsOf(report: RunReport): number {
  return report.stages.reduce((sum, stage) => sum + stage.seconds, 0);
}

/** Configured limits of the run, in words. */
export function limitWords(report: RunReport): string {
  const parts = [
    `at most ${counted(report.topK, 'offer')} a customer`,
    report.minExpectedValue > 0 ? `each worth at least ${report.minExpectedValue}` : '',
    report.maxPerFamily === null ? '' : `at most ${report.maxPerFamily} of one product family`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
