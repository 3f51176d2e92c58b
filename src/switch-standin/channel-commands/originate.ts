// `originate`: calls somebody and runs an application, or sends the call on in the dialplan (mod_commands.c, originate_function).
import { splitArguments } from '../applications/arguments.js';
import type { Transfer } from '../applications/application-table.js';
import type { Channel } from '../channel/channel.js';
import type { Switchboard } from '../channel/switchboard.js';

const syntax =
  '<call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]';

export async function originate(switchboard: Switchboard, transfer: Transfer, args: string): Promise<string> {
  const words = splitArguments(args).map((word) => (word === 'undef' ? '' : word));
  const [url, extension, dialplan = '', context = '', name = '', number = '', timeout = ''] = words;
  if (url === undefined || extension === undefined || words.length > 7) return `-USAGE: ${syntax}\n`;
  const variables = new Map(timeout === '' ? [] : [['originate_timeout', timeout]]);
  return new Promise((resolve) => {
    switchboard.call(
      url,
      { callerName: name, callerNumber: number || '0000000000', headers: [], variables },
      {
        onAnswer: (channel) => {
          resolve(`+OK ${channel.uuid}\n`);
          goOn(channel, extension);
        },
        onFailed: (cause) => resolve(`-ERR ${cause}\n`),
      },
    );
  });

  function goOn(channel: Channel, to: string): void {
    const [, application, data = ''] = /^&([^()]+)(?:\((.*)\))?$/s.exec(to) ?? [];
    if (application === undefined)
      transfer(channel, to, dialplan === '' ? 'XML' : dialplan, context === '' ? 'default' : context);
    else transfer(channel, `m:\u0001:${application}:${data}`, 'inline', 'default');
  }
}
