export type { Board, Destination, DestinationKind, DestinationState } from './board.js';
