// What `sendmsg` tells a channel (switch_ivr_parse_event): to run an application, or to hang up.
import type { Channel } from '../channel/channel.js';
import { parseCause } from '../channel/hangup-cause.js';
import type { ClientCommand } from '../event-socket/command-reader.js';

/** Commands that it does not know are passed over, as FreeSWITCH does. */
export function messageTo(channel: Channel, { headers, body }: ClientCommand): void {
  const command = headers.get('call-command')?.toLowerCase();
  const name = headers.get('execute-app-name');
  if (command === 'hangup') {
    const cause = parseCause(headers.get('hangup-cause') ?? '') ?? 'NORMAL_CLEARING';
    queueMicrotask(() => channel.hangup(cause));
  } else if (command === 'execute' && name !== undefined && name !== '') {
    const uuid = headers.get('event-uuid');
    channel.applications.push({
      name,
      data: headers.get('execute-app-arg') ?? body,
      loops: Number.parseInt(headers.get('loops') ?? '1', 10) || 1,
      ...(uuid === undefined ? {} : { uuid }),
    });
  }
}
