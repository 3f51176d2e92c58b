// Presentations and queues of contacts that are not phone calls, and exactly what is said of bad ones.
import type { ProblemCase } from './problem-cases.js';

const platinum = 'kind: agent\n        destinations: [east/acme-sales, west/acme-sales]';
const at = 'config/offers.yaml:38: offers[0].presentations[0]';
const web = '      page: https://www.example.com/borealis/welcome\n      chatQueue: west/digital\n';

export const mediaProblemCases: readonly ProblemCase[] = [
  [
    'a page without its url, and with what is of other kinds',
    'offers.yaml',
    platinum,
    'kind: page\n        target: sales\n        destinations: [east/acme-sales]',
    `${at}: a presentation of kind page needs url, the page that presents the offer`,
    'config/offers.yaml:40: offers[0].presentations[0].target: belongs to a presentation of kind chat; leave it out of one of kind page',
    'config/offers.yaml:41: offers[0].presentations[0].destinations: a page goes to no queue; leave destinations out, or name another kind',
  ],
  [
    'a chat that goes nowhere',
    'offers.yaml',
    platinum,
    'kind: chat\n        url: https://www.example.com/offer',
    `${at}: a presentation of kind chat needs destinations: at least one queue, or a target`,
    'config/offers.yaml:40: offers[0].presentations[0].url: belongs to a presentation of kind page; leave it out of one of kind chat',
  ],
  [
    'a chat that goes to two places',
    'offers.yaml',
    platinum,
    'kind: chat\n        target: sales\n        destinations: [west/digital]',
    'config/offers.yaml:41: offers[0].presentations[0].destinations: a chat goes to queues or to target, not to both; leave one of them out',
  ],
  [
    'a chat at a queue that takes none',
    'offers.yaml',
    platinum,
    'kind: chat\n        destinations: [east/acme-sales]',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: east/acme-sales takes audio only; add "chat" to its media in centres.yaml',
  ],
  [
    'agents without a queue',
    'offers.yaml',
    platinum,
    'kind: agent',
    `${at}: a presentation of kind agent needs destinations: at least one queue`,
  ],
  [
    'a medium that there is not',
    'centres.yaml',
    'media: [chat, text]',
    'media: [chat, text, video]',
    'config/centres.yaml:72: centres[1].queues[3].media[2]: "video" is not one of audio, text, chat',
  ],
  [
    'calls without service',
    'partners.yaml',
    'serviceQueues: [west/service, east/service, west/digital]',
    'serviceQueues: [west/digital]',
    'config/partners.yaml:37: partners[1].serviceQueues[0]: no service queue takes audio; name at least one whose media have "audio"',
  ],
  [
    'web contacts without service, and an origin with a path',
    'partners.yaml',
    `['http://127.0.0.1:8080', 'http://localhost:8080']\n${web}`,
    "['https://www.example.com/offers']\n",
    'config/partners.yaml:46: partners[1].web: needs page, chatQueue or chatTarget: where contacts go without an offer',
    'config/partners.yaml:47: partners[1].web.origins[0]: "https://www.example.com/offers" is not an origin: http or https, a host, a port if it is not the usual one, and no path',
  ],
  [
    'plain chats that go to two places, one of which takes none',
    'partners.yaml',
    web,
    '      chatQueue: west/service\n      chatTarget: helpdesk\n',
    'config/partners.yaml:48: partners[1].web.chatQueue: west/service takes audio only; add "chat" to its media in centres.yaml',
    'config/partners.yaml:49: partners[1].web.chatTarget: plain chats go to chatQueue or to chatTarget; leave one of them out',
  ],
];
