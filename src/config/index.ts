export type { Environment, EventSocketAddress, Settings } from './settings.js';
export { ProcessSchema } from './schema/process.js';
export type { ProcessSettings } from './schema/process.js';
export { TrunksSchema } from './schema/trunks.js';
export type { Trunk, TrunkActionName, TrunksSettings } from './schema/trunks.js';
export { PartnersSchema } from './schema/partners.js';
export type {
  DispositionCode,
  DispositionsSettings,
  IdentificationSettings,
  Partner,
  PartnersSettings,
  WebSettings,
} from './schema/partners.js';
export { CentresSchema } from './schema/centres.js';
export type {
  AgentSettings,
  Centre,
  CentresSettings,
  EventSocketSettings,
  HealthCheck,
  IvrPool,
  Queue,
  QueueMedium,
} from './schema/centres.js';
export type { Menu, MenuStep } from './schema/menus.js';
export type { AgentSkill, SkillNeed, SkillStep } from './schema/skills.js';
export { OffersSchema } from './schema/offers.js';
export type { Offer, OffersSettings, Presentation, Product } from './schema/offers.js';
export { RankingSchema } from './schema/ranking.js';
export type {
  Eligibility,
  PartnerRanking,
  PropensitySettings,
  RankedOfferSettings,
  RankingSettings,
  ValueSettings,
} from './schema/ranking.js';
export type { ModelSettings } from './schema/ranking-models.js';
export type { Column, Source, SourceName } from './schema/ranking-sources.js';
export { isSameBlock, parseAddressBlock } from './address-block.js';
export type { AddressBlock } from './address-block.js';
export { didYouMean } from './closest.js';
export { effectiveSettings } from './effective.js';
export { readEnvironment, settleEnvironment } from './environment.js';
export { formatListenAddress, listenUri, parseListenAddress } from './listen-address.js';
export type { ListenAddress, ListenEntry } from './listen-address.js';
export { normaliseNumber } from './phone-number.js';
export {
  firstPageLanguage,
  maxPageBytes,
  OfferPageFileError,
  OfferPageFiles,
} from './offer-pages/offer-page-files.js';
export type { OfferPageFile, OfferPageWrite } from './offer-pages/offer-page-files.js';
export { loadSettings } from './load.js';
export type { SettingsResult } from './load.js';
export { formatProblem, SettingsError } from './problems.js';
export type { SettingsProblem } from './problems.js';
export { restartFields } from './restart.js';
export { SettingsWatcher } from './watcher.js';
export type { ReloadOutcome, SettingsChange, SettingsEvents, SettingsWatcherOptions } from './watcher.js';
export { watchedDirectory } from './watched-files.js';
export type { WatchedFiles } from './watched-files.js';
export { editedValues, SettingsEditor, SettingsEditorError, unifiedDiff, versionOf } from './edit/index.js';
export type {
  CheckResult,
  SettingsEdit,
  SettingsFile,
  SettingsFolderView,
  TextChange,
  WriteResult,
} from './edit/index.js';
export { engineOptions } from './engine/option-table.js';
export type { EngineOption, EngineOptionName } from './engine/option-table.js';
export { readEngineSettings } from './engine/engine-settings.js';
export type { EngineFlags, EngineSettings, EngineSpammers } from './engine/engine-settings.js';
export type { EngineTlsFiles } from './engine/tls-settings.js';
export type { EngineHandler } from './engine/handlers.js';
