// Times in live data are of the router's clock; clocks on the page count by this computer's.
import { liveLink } from '../../app/live.js';

/** @param at epoch ms by the router @returns the same instant by this computer, however wrong its clock is */
export function localTime(at: number): number {
  return at - (liveLink.serverNow() - Date.now());
}
