// The live topic `settings`: versions of the files that are in use, and why files on disk are not.
import type { SettingsFolderView, SettingsProblem } from '../../config/index.js';
import type { Principal } from '../access/principal.js';
import type { SettingsState } from '../live/protocol.js';
import type { LiveTopic, TopicSink } from '../live/topic.js';
import type { RunningSettings } from './settings-ports.js';
import { seesEverything } from './switch-desk.js';

export interface SettingsTopicParts {
  readonly read: () => Promise<SettingsFolderView>;
  readonly running: Pick<RunningSettings, 'observe'>;
}

const nothing: SettingsState = { versions: {}, problems: [] };

export class SettingsTopic implements LiveTopic<'settings'> {
  readonly topic = 'settings';
  readonly roles = ['admin'] as const;
  readonly paceMs = 500;
  readonly #parts: SettingsTopicParts;
  readonly #sinks = new Set<TopicSink<'settings'>>();
  #state: SettingsState = nothing;
  #unobserve: (() => void) | undefined;

  constructor(parts: SettingsTopicParts) {
    this.#parts = parts;
  }

  /** Watches the files only while somebody looks. */
  open(_principal: unknown, sink: TopicSink<'settings'>): () => void {
    this.#sinks.add(sink);
    this.#unobserve ??= this.#parts.running.observe({
      changed: () => void this.#refresh(),
      refused: () => void this.#refresh(),
    });
    void this.#refresh();
    return () => {
      this.#sinks.delete(sink);
      if (this.#sinks.size > 0) return;
      this.#unobserve?.();
      this.#unobserve = undefined;
    };
  }

  /** The files hold the settings of every partner: who sees some alone is told nothing of them. */
  state(principal: Principal): SettingsState {
    return seesEverything(principal) ? this.#state : nothing;
  }

  async #refresh(): Promise<void> {
    try {
      const { files, problems } = await this.#parts.read();
      this.#state = {
        versions: Object.fromEntries(files.map(({ file, version }) => [file, version])),
        problems: problems.map(lineOf),
      };
    } catch {
      // Too many checks at once: what was known stays until the next change.
      return;
    }
    for (const sink of this.#sinks) sink.changed();
  }
}

function lineOf({ file, line, column, field, message }: SettingsProblem): string {
  return `${file}:${line}:${column} ${field}: ${message}`;
}
