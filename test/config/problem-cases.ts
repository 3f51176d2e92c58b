// Bad input, and exactly what is said of it.

/** An edit of a shipped file, and the lines that it leads to. */
export type ProblemCase = readonly [what: string, file: string, from: string, to: string, ...lines: string[]];

const platinum = 'destinations: [east/acme-sales, west/acme-sales]';
const loopback = "addresses: [127.0.0.0/8, '::1']";

export const problemCases: readonly ProblemCase[] = [
  // References.
  [
    'a queue that no centre has',
    'offers.yaml',
    platinum,
    'destinations: [west/acme-sales, east/acme-salez]',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[1]: "east/acme-salez" is no queue of any centre; did you mean "east/acme-sales"?',
  ],
  [
    'a queue that is nothing like any',
    'offers.yaml',
    platinum,
    'destinations: [north/first-line]',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: "north/first-line" is no queue of any centre',
  ],
  [
    'a program where a queue belongs',
    'offers.yaml',
    platinum,
    'destinations: [east/offer-ivr]',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: "east/offer-ivr" is an IVR program; a presentation of kind agent names queues',
  ],
  [
    'a queue where a program belongs',
    'offers.yaml',
    'destinations: [east/offer-ivr,',
    'destinations: [east/service,',
    'config/offers.yaml:54: offers[1].presentations[0].destinations[0]: "east/service" is a queue; a presentation of kind ivr names IVR programs',
  ],
  [
    'a disposition code twice',
    'partners.yaml',
    'code: complained',
    'code: declined',
    'config/partners.yaml:23: partners[0].dispositions.codes[2].code: "declined" is already at partners[0].dispositions.codes[1].code (line 22); each code of a partner is there once',
  ],
  [
    'a disposition code that is not there',
    'partners.yaml',
    'autoWrapCode: presented',
    'autoWrapCode: acceptd',
    'config/partners.yaml:30: partners[0].dispositions.autoWrapCode: "acceptd" is no disposition code of this partner; did you mean "accepted"?',
  ],
  [
    'a code that IVR programs need',
    'partners.yaml',
    '- { code: no-answer, name: No answer, outcome: no-answer, coolOffDays: 7 }',
    '- { code: silent, name: No answer, outcome: no-answer, callbackPropensity: 0.5 }',
    'config/partners.yaml:19: partners[0].dispositions.ivrCodes.no-answer: "no-answer" is no disposition code of this partner',
    'config/partners.yaml:25: partners[0].dispositions.codes[4].callbackPropensity: belongs to a code of outcome callback; leave it out',
  ],
  [
    'an offer of nobody',
    'offers.yaml',
    'partner: acme\n',
    'partner: acmee\n',
    'config/offers.yaml:28: offers[0].partner: "acmee" is no partner; did you mean "acme"?',
  ],
  [
    'an offer on nothing',
    'offers.yaml',
    '    product: tv-package\n',
    '    product: radio\n',
    'config/offers.yaml:115: offers[6].product: "radio" is no product',
  ],
  [
    'service by a program',
    'partners.yaml',
    '[east/service, west/service]',
    '[east/offer-ivr, east/servic]',
    'config/partners.yaml:11: partners[0].serviceQueues[0]: "east/offer-ivr" is an IVR program; plain service is given by queues',
    'config/partners.yaml:11: partners[0].serviceQueues[1]: "east/servic" is no queue of any centre; did you mean "east/service"?',
  ],
  // Skills.
  [
    'steps that do not end, and one that does',
    'offers.yaml',
    platinum,
    `${platinum}
        requires:
          - skills: [{ skill: french, level: 7 }]
          - { skills: [], forSeconds: 10 }
          - { skills: [], forSeconds: 20 }`,
    'config/offers.yaml:42: offers[0].presentations[0].requires[0]: needs forSeconds, after which the next step is asked too',
    'config/offers.yaml:43: offers[0].presentations[0].requires[1]: asks for no skill, and no step after it could be wider; only the last one may',
    'config/offers.yaml:44: offers[0].presentations[0].requires[2].forSeconds: the last step stays for good; leave forSeconds out, or add a wider step after it',
  ],
  [
    'a queue whose steps do not end',
    'centres.yaml',
    '        staffedAgents: 40\n',
    '        staffedAgents: 40\n        requires: [{ skills: [{ skill: french, level: 7 }] }, {}]\n',
    'config/centres.yaml:34: centres[0].queues[2].requires[0]: needs forSeconds, after which the next step is asked too',
  ],
  [
    'a program that needs agents',
    'offers.yaml',
    'destinations: [east/offer-ivr, west/offer-ivr]',
    'destinations: [east/offer-ivr, west/offer-ivr]\n        requires: [{ skills: [{ skill: french, level: 7 }] }]',
    'config/offers.yaml:55: offers[1].presentations[0].requires: IVR programs have no agents; leave requires out of a presentation of kind ivr',
  ],
  [
    'a skill of nobody',
    'centres.yaml',
    '    queues:\n',
    `    agents:
      - { agent: '1001', skills: [{ skill: french, level: 8 }] }
    queues:
      - { queue: french, staffedAgents: 1, requires: [{ skills: [{ skill: frensh, level: 7 }, { skill: gold, level: 1 }] }] }
`,
    'config/centres.yaml:21: centres[0].queues[0].requires[0].skills[0].skill: "frensh" is a skill of no agent of east; did you mean "french"?',
    'config/centres.yaml:21: centres[0].queues[0].requires[0].skills[1].skill: "gold" is a skill of no agent of east',
  ],
  [
    'a queue of a presentation whose id is too long',
    'offers.yaml',
    '        kind: agent\n        destinations: [east/acme-sales, west/acme-sales]\n',
    `        kind: agent
        destinations: [east/acme-sales]
        requires: [{ skills: [{ skill: french, level: 7 }] }]
      - presentation: ${'a'.repeat(50)}
        kind: agent
        destinations: [west/acme-sales]
        requires: [{ skills: [{ skill: french, level: 7 }] }]
`,
    'config/offers.yaml:44: offers[0].presentations[1].destinations[0]: its queue for these skills would be west/acme-sales.ACME-PLATINUM.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, an id of 75 characters; at most 64 may be, so shorten one of its parts',
  ],
  [
    'an affiliate of nobody',
    'partners.yaml',
    '    name: Acme Bank\n',
    '    name: Acme Bank\n    affiliates: [borealiss]\n',
    'config/partners.yaml:8: partners[0].affiliates[0]: "borealiss" is no partner; did you mean "borealis"?',
  ],
  [
    'an affiliate of oneself',
    'partners.yaml',
    '    name: Acme Bank\n',
    '    name: Acme Bank\n    affiliates: [borealis, acme]\n',
    'config/partners.yaml:8: partners[0].affiliates[1]: acme is the partner itself, whose own offers are made anyway; leave it out',
  ],
  [
    'a quota of nobody',
    'centres.yaml',
    '{ acme: 20,',
    '{ acmi: 20,',
    'config/centres.yaml:40: centres[0].ivrPools[0].quotas.acmi: "acmi" is no partner; did you mean "acme"?',
  ],
  [
    'a quota of more ports than there are',
    'centres.yaml',
    '{ acme: 20,',
    '{ acme: 31,',
    'config/centres.yaml:40: centres[0].ivrPools[0].quotas.acme: 31 is more than the 30 ports that the program has',
  ],
  [
    'a skill that no queue has',
    'offers.yaml',
    'minSkillLevel: 4',
    'minSkillLevel: 9',
    'config/offers.yaml:98: offers[4].presentations[0].minSkillLevel: 9 leaves no queue; the highest skillLevel among its destinations is 7',
  ],
  [
    'a skill of a program',
    'offers.yaml',
    'conversion: 0.6',
    'minSkillLevel: 1',
    'config/offers.yaml:70: offers[2].presentations[1].minSkillLevel: IVR programs have no skillLevel; leave minSkillLevel out of a presentation of kind ivr',
  ],

  // What is there twice.
  [
    'an offer code twice',
    'offers.yaml',
    'offer: ACME-TRAVEL',
    'offer: ACME-PLATINUM',
    'config/offers.yaml:42: offers[1].offer: "ACME-PLATINUM" is already at offers[0].offer (line 27); offer codes are unique over all partners',
    'config/ranking.yaml:98: rankings[0].offers[1].offer: "ACME-TRAVEL" is no offer of acme; did you mean "ACME-SAVER"?',
  ],
  [
    'a product twice',
    'offers.yaml',
    '- product: line-care\n    name: Line care',
    '- product: line-care\n    name: Line care\n  - product: line-care\n    name: Line care',
    'config/offers.yaml:24: products[8].product: "line-care" is already at products[7].product (line 22); each product has an id of its own',
  ],
  [
    'a presentation twice',
    'offers.yaml',
    '- presentation: ivr\n        kind: ivr\n        conversion',
    '- presentation: agent\n        kind: ivr\n        conversion',
    'config/offers.yaml:68: offers[2].presentations[1].presentation: "agent" is already at offers[2].presentations[0].presentation (line 64); each presentation of an offer has an id of its own',
  ],
  [
    'a destination twice',
    'offers.yaml',
    platinum,
    'destinations: [east/acme-sales, east/acme-sales]',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[1]: "east/acme-sales" is in the list twice',
  ],
  [
    'a dialled number at two partners',
    'partners.yaml',
    "'+18005550200'",
    "'+18005550100'",
    'config/partners.yaml:36: partners[1].dialledNumbers[0]: "+18005550100" is already at partners[0].dialledNumbers[0] (line 9); a dialled number leads to one partner',
  ],
  [
    'a queue and a program of one name',
    'centres.yaml',
    'program: offer-ivr',
    'program: acme-sales',
    'config/centres.yaml:38: centres[0].ivrPools[0].program: "acme-sales" is already at centres[0].queues[0].queue (line 21); queues and programs of one centre share their SIP addresses',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: "east/acme-sales" is an IVR program; a presentation of kind agent names queues',
    'config/offers.yaml:54: offers[1].presentations[0].destinations[0]: "east/offer-ivr" is no IVR program of any centre; did you mean "west/offer-ivr"?',
    'config/offers.yaml:66: offers[2].presentations[0].destinations[0]: "east/acme-sales" is an IVR program; a presentation of kind agent names queues',
    'config/offers.yaml:71: offers[2].presentations[1].destinations[0]: "east/offer-ivr" is no IVR program of any centre; did you mean "west/offer-ivr"?',
    'config/offers.yaml:111: offers[5].presentations[0].destinations[1]: "east/offer-ivr" is no IVR program of any centre; did you mean "west/offer-ivr"?',
  ],
  [
    'a key twice',
    'offers.yaml',
    'value: 180',
    'value: 180\n    value: 190',
    'config/offers.yaml:33: offers[0].value: the key "value" is here twice; keep one',
  ],
  [
    'an address twice in a trunk',
    'trunks.yaml',
    loopback,
    'addresses: [127.0.0.0/8, 127.0.0.0/8]',
    'config/trunks.yaml:11: trunks[0].addresses[1]: "127.0.0.0/8" is already at trunks[0].addresses[0] (line 11); a source has one trunk',
  ],
  [
    'an address at two trunks',
    'trunks.yaml',
    '    country: US\n',
    "    country: US\n  - { trunk: second, addresses: ['0:0::1'], country: GB }\n",
    'config/trunks.yaml:22: trunks[1].addresses[0]: "0:0::1" is already at trunks[0].addresses[1] (line 11); a source has one trunk',
  ],
  [
    'a trunk twice',
    'trunks.yaml',
    '    country: US\n',
    '    country: US\n  - { trunk: loopback, addresses: [192.0.2.1], country: GB }\n',
    'config/trunks.yaml:22: trunks[1].trunk: "loopback" is already at trunks[0].trunk (line 10); each trunk has an id of its own',
  ],
  [
    'a socket twice',
    'proffer.yaml',
    '    - sip:127.0.0.1:5060;transport=udp,tcp\n',
    '    - sip:127.0.0.1:5060;transport=udp,tcp\n    - sip:127.0.0.1;transport=tcp\n',
    'config/proffer.yaml:15: sip.listen[1]: tcp 127.0.0.1:5060 is in the list twice',
  ],

  // Keys.
  [
    'a key with a typo',
    'offers.yaml',
    'waitCapSeconds: 90',
    'waitCapSecond: 90',
    'config/offers.yaml:36: offers[0].waitCapSecond: "waitCapSecond" is no key here; did you mean "waitCapSeconds"?',
  ],
  [
    'a key that is nothing like any',
    'trunks.yaml',
    'country: US\n',
    'country: US\n    priority: 3\n',
    'config/trunks.yaml:22: trunks[0].priority: "priority" is no key here; the keys are trunk, addresses, transports, action, trusted, identityHeaders, afterIvr, referTo, referTimeoutMs, country',
  ],
  [
    'a section with a typo',
    'proffer.yaml',
    '\nrouting',
    '\nroutng',
    'config/proffer.yaml:16: routng: "routng" is no key here; did you mean "routing"?',
  ],
  [
    'a key that is missing',
    'offers.yaml',
    '    partner: acme\n',
    '',
    'config/offers.yaml:27: offers[0].partner: is missing; what belongs here is an id: up to 64 letters, digits, "-", "_" and ".", the first a letter or a digit (the partner whose offer it is)',
  ],
  [
    'a key that would change the prototype',
    'proffer.yaml',
    '\nsip:',
    '\n__proto__: { polluted: true }\nsip:',
    'config/proffer.yaml:8: __proto__: "__proto__" is no key here; the keys are sip, routing, decision, reservations, ivr, strategyStore, decisionLog, records, http, console, log, demo',
  ],

  // Types.
  [
    'a number without its quotes',
    'partners.yaml',
    "'+18005550200'",
    '+18005550200',
    'config/partners.yaml:36: partners[1].dialledNumbers[0]: +18005550200 is read as a number; put it in quotes: "+18005550200"',
  ],
  [
    'a number with quotes',
    'offers.yaml',
    'value: 180',
    "value: '180'",
    'config/offers.yaml:32: offers[0].value: "180" is not a number from 0 to 1000000; leave out the quotes: 180',
  ],
  [
    'yes for true',
    'trunks.yaml',
    'trusted: false',
    'trusted: no',
    'config/trunks.yaml:18: trunks[0].trusted: "no" is not true or false; did you mean false?',
  ],
  [
    'text for a list',
    'offers.yaml',
    platinum,
    'destinations: east/acme-sales',
    'config/offers.yaml:40: offers[0].presentations[0].destinations: "east/acme-sales" is not a list; a list of one is written ["east/acme-sales"]',
  ],
  [
    'nothing at all',
    'offers.yaml',
    'value: 180',
    'value:',
    'config/offers.yaml:32: offers[0].value: is empty; what belongs here is a number from 0 to 1000000 (net present value of a sale, in the partner’s currency)',
  ],
  [
    'text for a block',
    'proffer.yaml',
    '\ndemo:\n',
    '\ndemo: off\nlog2:\n',
    'config/proffer.yaml:47: demo: "off" is not a block with the keys customers, standInCentres',
    'config/proffer.yaml:48: log2: "log2" is no key here; did you mean "log"?',
  ],
  [
    'an empty list',
    'partners.yaml',
    "['+18005550200']",
    '[]',
    'config/partners.yaml:36: partners[1].dialledNumbers: is an empty list; at least one belongs here (numbers that reach this partner)',
  ],

  // Words and numbers.
  [
    'a word with a typo',
    'proffer.yaml',
    'level: info',
    'level: inof',
    'config/proffer.yaml:43: log.level: "inof" is not one of trace, debug, info, warn, error, fatal, silent; did you mean "info"?',
  ],
  [
    'a word for another time',
    'trunks.yaml',
    'transports: [udp, tcp]',
    'transports: [udp, tls]',
    'config/trunks.yaml:12: trunks[0].transports[1]: "tls" is not one of udp, tcp',
  ],
  [
    'a negative value',
    'offers.yaml',
    'value: 180',
    'value: -1',
    'config/offers.yaml:32: offers[0].value: -1 is not a number from 0 to 1000000 (net present value of a sale, in the partner’s currency)',
  ],
  [
    'an endless value',
    'offers.yaml',
    'value: 180',
    'value: .inf',
    'config/offers.yaml:32: offers[0].value: .inf is not a number from 0 to 1000000 (net present value of a sale, in the partner’s currency)',
  ],
  [
    'half a port',
    'centres.yaml',
    'port: 5091',
    'port: 5091.5',
    'config/centres.yaml:50: centres[1].port: 5091.5 is not a whole number from 1 to 65535 (SIP port)',
  ],
  [
    'a port past the last',
    'centres.yaml',
    'port: 5091',
    'port: 70000',
    'config/centres.yaml:50: centres[1].port: 70000 is not a whole number from 1 to 65535 (SIP port)',
  ],
  [
    'more than all customers',
    'proffer.yaml',
    'controlArmPercent: 5',
    'controlArmPercent: 101',
    'config/proffer.yaml:29: decision.controlArmPercent: 101 is not a number from 0 to 100 (customers that always get plain service, for comparison, in percent)',
  ],
  [
    'a look-up as long as the decision',
    'proffer.yaml',
    'storeDeadlineMs: 60',
    'storeDeadlineMs: 150',
    'config/proffer.yaml:20: routing.storeDeadlineMs: 150 is not less than decisionDeadlineMs (150); the look-up must end before the decision',
  ],
  [
    'health checks that overlap',
    'centres.yaml',
    'timeoutMs: 2000',
    'timeoutMs: 20000',
    'config/centres.yaml:15: centres[0].healthCheck.timeoutMs: 20000 is more than intervalMs (5000); checks would overlap',
  ],

  // Text with a form.
  [
    'an id with a space',
    'trunks.yaml',
    'trunk: loopback',
    'trunk: loop back',
    'config/trunks.yaml:10: trunks[0].trunk: "loop back" is not an id: up to 64 letters, digits, "-", "_" and ".", the first a letter or a digit',
  ],
  [
    'a destination without its centre',
    'offers.yaml',
    platinum,
    'destinations: [acme-sales]',
    'config/offers.yaml:40: offers[0].presentations[0].destinations[0]: "acme-sales" is not a destination as centre/queue or centre/program, such as east/acme-sales',
  ],
  [
    'a number without its plus sign',
    'partners.yaml',
    "'+18005550200'",
    "'18005550200'",
    'config/partners.yaml:36: partners[1].dialledNumbers[0]: "18005550200" is not a number in E.164 form, such as +18005550100',
  ],
  [
    'an overflow that is no URI',
    'partners.yaml',
    'overflowUri: sip:overflow@127.0.0.1:5092',
    'overflowUri: overflow',
    'config/partners.yaml:13: partners[0].overflowUri: "overflow" is not a SIP, SIPS or tel URI, such as sip:service@10.0.0.5:5060;transport=udp',
  ],
  [
    'a script that is no URL',
    'offers.yaml',
    'https://scripts.example.com/acme/platinum',
    'scripts.example.com',
    'config/offers.yaml:34: offers[0].url: "scripts.example.com" is not an http or https URL without spaces, such as https://scripts.example.com/offer',
  ],
  [
    'an IPv6 host without brackets',
    'centres.yaml',
    'host: 127.0.0.1',
    "host: '::1'",
    'config/centres.yaml:9: centres[0].host: "::1" is not a host name or an address (an IPv6 address in brackets)',
  ],
  [
    'addresses that are none',
    'trunks.yaml',
    loopback,
    "addresses: [127.0.0.1/8, '::1/129', '2001:db8::1/32', 1.2.3]",
    'config/trunks.yaml:11: trunks[0].addresses[0]: "127.0.0.1/8" is an address inside a block; write 127.0.0.0/8 for the block or 127.0.0.1 for the address',
    'config/trunks.yaml:11: trunks[0].addresses[1]: "::1/129" has no valid prefix length: an IPv6 block ends in /0 to /128',
    'config/trunks.yaml:11: trunks[0].addresses[2]: "2001:db8::1/32" is an address inside a block; write 2001:db8::/32 for the block or 2001:db8::1 for the address',
    'config/trunks.yaml:11: trunks[0].addresses[3]: "1.2.3" is not an IPv4 or IPv6 address or CIDR block, such as 192.0.2.0/24',
  ],
  [
    'a country that is none',
    'trunks.yaml',
    'country: US',
    'country: UK',
    'config/trunks.yaml:21: trunks[0].country: "UK" is no ISO 3166 country with phone numbers of its own; did you mean "GB"?',
  ],
  [
    'an overflow that the trunk cannot send to',
    'partners.yaml',
    'overflowUri: sip:overflow@127.0.0.1:5092\n    # What',
    'overflowUri: tel:+18005550199\n    # What',
    'config/partners.yaml:13: partners[0].overflowUri: "tel:+18005550199" cannot be sent to by trunk "loopback", whose action is not redirect; use a sip: URI',
  ],
  [
    'identity from a peer that is not believed (RFC 3325)',
    'trunks.yaml',
    '[From]',
    '[P-Asserted-Identity, From]',
    'config/trunks.yaml:19: trunks[0].identityHeaders[0]: P-Asserted-Identity counts only from a trusted peer (RFC 3325); set trusted: true or leave it out',
  ],
  [
    'a transport of another engine',
    'proffer.yaml',
    'transport=udp,tcp\n\n',
    'transport=udp,tls\n\n',
    'config/proffer.yaml:14: sip.listen[0]: "sip:127.0.0.1:5060;transport=udp,tls" has the transport "tls"; the embedded engine speaks udp and tcp',
  ],

  // YAML.
  [
    'a bracket left open',
    'offers.yaml',
    platinum,
    'destinations: [east/acme-sales, west/acme-sales',
    'config/offers.yaml:42: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  [
    'a tab',
    'offers.yaml',
    '    waitCapSeconds: 90',
    '\twaitCapSeconds: 90',
    'config/offers.yaml:36: is not valid YAML: a tab is not indentation; use spaces',
  ],
  [
    'an alias of nothing',
    'offers.yaml',
    platinum,
    'destinations: *sales',
    'config/offers.yaml:40: is not valid YAML: *sales stands for nothing: there is no &sales before it',
  ],
  [
    'an unknown tag',
    'proffer.yaml',
    'level: info',
    'level: !level info',
    'config/proffer.yaml:43: is not valid YAML: Unresolved tag: !level',
  ],
  [
    'a key that is a list',
    'proffer.yaml',
    '\nsip:',
    '\n? [a]\n: 1\nsip:',
    'config/proffer.yaml:8: is not valid YAML: a key is plain text, without a tag and not a list or a block',
  ],
  [
    'two documents',
    'proffer.yaml',
    '\nrouting:',
    '\n---\nrouting:',
    'config/proffer.yaml:16: is not valid YAML: the file has a second document; take out the line with ---',
  ],
  [
    'a provider without TLS, and nowhere to come back to',
    'proffer.yaml',
    'auditDays: 1095',
    'auditDays: 1095\nconsole:\n  oidc: { issuer: http://login.example.com, clientId: x }',
    'config/proffer.yaml:62: console.oidc: needs console.publicUrl, to which the provider leads people back',
    'config/proffer.yaml:62: console.oidc.issuer: has to be an https URL; http is for a loopback address alone',
  ],
  [
    'a proxy by its name',
    'proffer.yaml',
    '  port: 8080',
    '  port: 8080\n  trustedProxies: [10.0.0.0/8, proxy.example.com]',
    'config/proffer.yaml:41: http.trustedProxies[1]: "proxy.example.com" is not an IPv4 or IPv6 address or CIDR block, such as 192.0.2.0/24',
  ],
];
