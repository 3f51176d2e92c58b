// What `proffer report agents` shows.
import type { AgentRow, AgentsReport } from '../records/index.js';
import {
  count,
  counted,
  coverageLines,
  csvText,
  minutes,
  money,
  noteLines,
  per,
  percentInterval,
  plain,
  reportTable,
} from './report-text.js';
import type { ReportColumn } from './report-text.js';

const columns: readonly ReportColumn<AgentRow>[] = [
  { head: 'CENTRE', of: (row) => (row.centre === '' ? '-' : plain(row.centre)) },
  { head: 'AGENT', of: (row) => (row.agent === null ? '(not named)' : plain(row.agent)) },
  { head: 'CALLS', isNumber: true, of: (row) => count(row.calls) },
  { head: 'PRESENTED', isNumber: true, of: (row) => count(row.presented) },
  { head: 'ACCEPTED', isNumber: true, of: (row) => count(row.accepted) },
  { head: 'ACCEPTANCE (95 %)', isNumber: true, of: (row) => percentInterval(row.acceptance) },
  { head: 'VALUE', isNumber: true, of: (row) => money(row.value) },
  { head: 'AHT', isNumber: true, of: (row) => per(row.agentSeconds, row.handled, minutes) },
  { head: 'OPEN', isNumber: true, of: (row) => count(row.open) },
  { head: 'AUTO', isNumber: true, of: (row) => count(row.autoWrapped) },
  { head: 'CORRECTED', isNumber: true, of: (row) => count(row.corrections) },
];

export function agentsText({ agents, coverage }: AgentsReport, title: string): string {
  const total = (of: 'open' | 'autoWrapped'): number => agents.reduce((sum, row) => sum + row[of], 0);
  const missing = total('open') + total('autoWrapped');
  const notes = [
    ...(missing === 0
      ? []
      : [
          `Missing: dispositions of ${counted(missing, 'presentation')}: ${count(total('open'))} open, ${count(total('autoWrapped'))} by auto-wrap.`,
        ]),
    ...coverageLines(coverage),
    'PRESENTED: offers on calls that the agent had. ACCEPTANCE: accepted of presented, 95 % interval by Wilson; where intervals overlap, agents may be alike. AHT: the agent’s time by call.',
    'OPEN: presented and nothing recorded. AUTO: recorded by auto-wrap, not by the agent. CORRECTED: changes of dispositions afterwards.',
  ];
  return [`Agents: ${title}`, '', ...reportTable(columns, agents), '', ...noteLines(notes), ''].join('\n');
}

const csvColumns = [
  'centre',
  'agent',
  'calls',
  'presented',
  'accepted',
  'declined',
  'callback',
  'acceptance',
  'acceptanceLow',
  'acceptanceHigh',
  'value',
  'agentSeconds',
  'handled',
  'open',
  'autoWrapped',
  'corrections',
] as const;

export function agentsCsv({ agents }: AgentsReport): string {
  return csvText(
    csvColumns,
    agents.map(({ acceptance, ...row }) => ({
      ...row,
      acceptance: acceptance?.estimate,
      acceptanceLow: acceptance?.low,
      acceptanceHigh: acceptance?.high,
    })),
  );
}
