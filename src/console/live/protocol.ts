// What goes over GET /v1/live (WebSocket, one JSON message a frame). The client asks for topics in the query:
// `/v1/live?topics=desk,board&resume=STREAM:SEQ`. Types alone: the pages read them too.
import type { BoardState, CallLineView } from './board-state.js';
import type { DeskState } from './desk-state.js';

/** The state of each topic. */
export interface LiveTopics {
  /** Calls and statuses of the agents that the person is; role agent, supervisor or admin. */
  readonly desk: DeskState;
  /** The supervisor board, of the partners that the person may see. */
  readonly board: BoardState;
  /** The last calls that were decided, newest first. */
  readonly calls: readonly CallLineView[];
  /** Settings that are in use, so that an editor sees when somebody else changed them. */
  readonly settings: SettingsState;
}

export interface SettingsState {
  /** Version of each file of settings, as GET /v1/settings has it. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why files on disk are not in use, if so: `offers.yaml:12:5 offers[0].value: ...`. */
  readonly problems: readonly string[];
}

/** Events of topics that add to a list instead of replacing a state; a client that resumes gets those that it missed. */
export interface LiveEvents {
  readonly calls: CallLineView;
}

export type ServerMessage =
  /**
   * First. `stream` is one run of one router: a sequence of another stream means nothing. `now` is the server's clock, epoch ms.
   * `resumed`: topics whose missed events follow, and no new state; of all others a state follows.
   */
  | {
      readonly type: 'hello';
      readonly stream: string;
      readonly now: number;
      readonly beatMs: number;
      readonly resumed: readonly (keyof LiveTopics)[];
    }
  | {
      readonly [Topic in keyof LiveTopics]: {
        readonly type: 'state';
        readonly topic: Topic;
        readonly seq: number;
        readonly data: LiveTopics[Topic];
      };
    }[keyof LiveTopics]
  | {
      readonly [Topic in keyof LiveEvents]: {
        readonly type: 'event';
        readonly topic: Topic;
        readonly seq: number;
        readonly data: LiveEvents[Topic];
      };
    }[keyof LiveEvents]
  /** Every `beatMs`, so that a client knows that silence means a broken link. */
  | { readonly type: 'beat'; readonly seq: number; readonly now: number }
  /** The session ended or the role does not allow a topic; the socket is closed after it. */
  | { readonly type: 'refused'; readonly code: string; readonly message: string };

/** All that a client may send: from now on it wants these topics, and gets a state of each that is new. */
export interface ClientMessage {
  readonly type: 'topics';
  readonly topics: readonly (keyof LiveTopics)[];
}
