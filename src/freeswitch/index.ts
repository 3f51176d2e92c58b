export { EventSocketConnection } from './event-socket/connection.js';
export type {
  CloseCause,
  CommandReply,
  ConnectionClose,
  EventSocketListener,
  EventSocketOptions,
} from './event-socket/connection.js';
export type { EventHeaders } from './event-socket/event-headers.js';
export { CentreFeed, FeedCommandError, FeedSettingsError, MEDIA_PROGRAM } from './feed/centre-feed.js';
export type { FeedOptions, WatchedCentre } from './feed/centre-feed.js';
export { CentreFeeds } from './feed/centre-feeds.js';
export { EventSocketControl } from './control/event-socket-control.js';
export type { CentreCommands } from './control/event-socket-control.js';
export { FsmrfBank } from './media/fsmrf-bank.js';
export type { FsmrfBankOptions, MediaStatus } from './media/fsmrf-bank.js';
export { readActualCentre } from './provisioning/actual-centre.js';
export type { ActualAgent, ActualCentre, ActualTier } from './provisioning/actual-centre.js';
export { applyPlan } from './provisioning/apply-plan.js';
export type { ApplyOptions, ApplyOutcome, FailedStep } from './provisioning/apply-plan.js';
export { countChanges, planChanges, planSummary, stepInWords } from './provisioning/changes.js';
export type { ChangeCounts, ChangeSign, PlanChange } from './provisioning/changes.js';
export { connectSwitch, SwitchUnreachableError } from './provisioning/connect-switch.js';
export { agentKeys, desiredCentre, queueKeys, tierKey } from './provisioning/desired-centre.js';
export type {
  DesiredAgent,
  DesiredCentre,
  DesiredQueue,
  DesiredTier,
} from './provisioning/desired-centre.js';
export type { Ledger, LedgerStore } from './provisioning/ledger.js';
export { LedgerFile } from './provisioning/ledger-file.js';
export { planCentre } from './provisioning/plan.js';
export type { CentrePlan, PlanNote, PlanStep } from './provisioning/plan.js';
export { queuesXml, stepsInWords } from './provisioning/queue-xml.js';
export type { SwitchAddress, SwitchCommands, SwitchConnection } from './provisioning/switch-commands.js';
