// What drachtio-server takes on its command line, from its environment and from drachtio.conf.xml, one row an option: where it is
// said, what it does here, or why it has no meaning here. The flags of `proffer engine`, the reading of variables and elements
// and the table of docs/engine.md all come from it.

export interface EngineOption {
  /** As commander wants it. */
  readonly flag?: string;
  readonly variable?: string;
  /** Path below `<drachtio>`; `@name` is an attribute. */
  readonly element?: string;
  readonly what: string;
  /** It is accepted, and does nothing: why. */
  readonly inert?: string;
}

const supervisor = 'whoever starts the process (systemd, Docker, a shell) does that';
const noRedis =
  'no list is read; scanners are dropped (docs/sip-protection.md), and a firewall keeps others out';
const noHomer = 'messages of a call are shown by proffer trace; nothing is sent to Homer';
const logsToStderr = 'logs go to standard error as JSON lines; whoever starts the process keeps them';
const noNat = 'responses go back to where requests came from, and Contacts are not rewritten';

/** Keys are names that code uses. */
export const engineOptions = {
  contact: {
    flag: '-c, --contact <uri>',
    element: 'sip/contacts/contact',
    what: 'address to listen on for SIP, such as sip:10.0.0.1:5060;transport=udp,tcp; may be given more than once (default: sip:127.0.0.1:5060;transport=udp,tcp)',
  },
  externalIp: {
    flag: '-x, --external-ip <host>',
    element: 'sip/contacts/contact@external-ip',
    what: 'host by which peers reach the contact before it, for Via, Contact and Record-Route',
  },
  localNet: {
    flag: '-n, --local-net <block>',
    element: 'sip/contacts/contact@local-net',
    what: 'network in which the contact before it is reached by its own address',
    inert: 'peers are given the external address wherever they are',
  },
  dnsName: {
    flag: '-d, --dns-name <name>',
    element: 'sip/contacts/contact@dns-names',
    what: 'name that resolves to this host',
    inert: 'give it as external address where peers use it',
  },
  address: {
    flag: '--address <address>',
    variable: 'DRACHTIO_ADMIN_ADDRESS',
    element: 'admin',
    what: 'address of the control port (default: 127.0.0.1)',
  },
  port: {
    flag: '-p, --port <number>',
    variable: 'DRACHTIO_ADMIN_TCP_PORT',
    element: 'admin@port',
    what: 'control port for applications (default: 9022)',
  },
  tlsPort: {
    flag: '--tls-port <number>',
    variable: 'DRACHTIO_ADMIN_TLS_PORT',
    element: 'admin@tls-port',
    what: 'control port over TLS as well, with the certificate of --cert-file',
  },
  secret: {
    flag: '--secret <text>',
    variable: 'DRACHTIO_SECRET',
    element: 'admin@secret',
    what: 'what applications authenticate with; needed, and the variable is not shown by ps',
  },
  file: {
    flag: '-f, --file <path>',
    variable: 'DRACHTIO_CONFIG_FILE_PATH',
    what: 'settings file of drachtio-server (default: /etc/drachtio.conf.xml, when it is there)',
  },
  noconfig: { flag: '--noconfig', what: 'read no settings file' },
  httpHandler: {
    flag: '-a, --http-handler <url>',
    variable: 'DRACHTIO_HTTP_HANDLER_URI',
    element: 'request-handlers/request-handler',
    what: 'asked what to do with each new request, or tcp://host:port of an application',
  },
  httpMethod: {
    flag: '-m, --http-method <method>',
    element: 'request-handlers/request-handler@http-method',
    what: 'GET or POST, of --http-handler (default: GET)',
  },
  loglevel: {
    flag: '-l, --loglevel <level>',
    variable: 'DRACHTIO_LOGLEVEL',
    element: 'logging/loglevel',
    what: 'notice, error, warning, info or debug; silent as well (default: info)',
  },
  certFile: {
    flag: '--cert-file <path>',
    variable: 'DRACHTIO_TLS_CERT_FILE',
    element: 'sip/tls/cert-file',
    what: 'certificate (PEM) for SIP over TLS and for --tls-port',
  },
  keyFile: {
    flag: '--key-file <path>',
    variable: 'DRACHTIO_TLS_KEY_FILE',
    element: 'sip/tls/key-file',
    what: 'its key (PEM)',
  },
  chainFile: {
    flag: '--chain-file <path>',
    variable: 'DRACHTIO_TLS_CHAIN_FILE',
    element: 'sip/tls/chain-file',
    what: 'authorities (PEM) that TLS clients are verified against; our own chain belongs behind the certificate in --cert-file',
  },
  verifyClient: {
    variable: 'DRACHTIO_TLS_VERIFY_CLIENT_CERT',
    what: '1: TLS clients must show a certificate of the chain',
  },
  minTlsVersion: {
    flag: '--min-tls-version <version>',
    variable: 'DRACHTIO_MIN_TLS_VERSION',
    element: 'sip/tls/min-tls-version',
    what: 'least TLS version of --tls-port: 1.2 or 1.3; older ones are never spoken (default: 1.2)',
  },
  tlsCipherlist: {
    flag: '--tls-cipherlist <list>',
    variable: 'DRACHTIO_TLS_CIPHER_LIST',
    what: 'ciphers of --tls-port, as OpenSSL names them',
  },
  trustedNet: {
    flag: '--trusted-net <blocks>',
    variable: 'PROFFER_TRUSTED_NETS',
    what: 'addresses and CIDR blocks, comma separated, of peers whose requests inside any dialog are taken and that no limit of a source holds back; may be given more than once (default: this machine alone)',
  },
  outboundProxy: {
    element: 'sip/outbound-proxy',
    what: 'next hop of new requests of applications that name none',
  },
  autoRespond: {
    flag: '--user-agent-options-auto-respond <name>',
    variable: 'DRACHTIO_USER_AGENT_OPTIONS_AUTO_RESPOND',
    element: 'sip/user-agent-options-auto-respond',
    what: 'OPTIONS with this User-Agent get 200 without an application',
  },
  rejectRegister: {
    flag: '--reject-register-with-no-realm',
    variable: 'DRACHTIO_REJECT_REGISTER_WITH_NO_REALM',
    element: 'sip/reject-register-with-no-realm',
    what: 'REGISTER to an IPv4 address instead of a domain gets 403',
  },
  preserveHeaderNames: {
    variable: 'DRACHTIO_PRESERVE_HEADER_NAMES',
    what: 'header names, comma separated, that are sent in the spelling of the application',
  },
  prometheus: {
    flag: '--prometheus-scrape-port <port>',
    variable: 'DRACHTIO_PROMETHEUS_SCRAPE_PORT',
    element: 'monitoring/prometheus@port',
    what: 'port, or host:port, of /metrics (default host: 127.0.0.1)',
  },
  cdrs: {
    element: 'cdrs',
    what: 'false: applications get no cdr events (default: those that ask for them do)',
  },
  t1: { element: 'sip/timers/t1', what: 'RFC 3261 T1, in ms (default: 500)' },
  t2: { element: 'sip/timers/t2', what: 'RFC 3261 T2, in ms (default: 4000)' },
  t4: { element: 'sip/timers/t4', what: 'RFC 3261 T4, in ms (default: 5000)' },
  alwaysSend180: {
    flag: '--always-send-180',
    what: '180 at once to every INVITE',
    inert: 'ringing is said by whoever rings; applications send 180 themselves',
  },
  t1x64: { element: 'sip/timers/t1x64', what: '64*T1', inert: 'it is always 64 times t1' },
  dhParam: {
    flag: '--dh-param <path>',
    variable: 'DRACHTIO_TLS_DH_PARAM_FILE',
    element: 'sip/tls/dh-param',
    what: 'Diffie-Hellman parameters',
    inert: 'keys are agreed over elliptic curves, which need none',
  },
  mtu: {
    flag: '--mtu <bytes>',
    variable: 'DRACHTIO_UDP_MTU',
    element: 'sip/udp-mtu',
    what: 'greatest UDP packet',
    inert: 'RFC 3261 18.1.1 says when a request goes over TCP',
  },
  daemon: { flag: '--daemon', what: 'run in the background', inert: supervisor },
  user: { flag: '-u, --user <name>', what: 'user to run as', inert: supervisor },
  stdout: {
    flag: '--stdout',
    variable: 'DRACHTIO_CONSOLE_LOGGING',
    element: 'logging/console',
    what: 'log to the console',
    inert: logsToStderr,
  },
  globallyReadableLogs: { flag: '--globally-readable-logs', what: 'mode of log files', inert: logsToStderr },
  sofiaLoglevel: {
    flag: '-s, --sofia-loglevel <level>',
    variable: 'DRACHTIO_SOFIA_LOGLEVEL',
    element: 'logging/sofia-loglevel',
    what: 'log level of the SIP stack',
    inert: 'there is one log level, --loglevel',
  },
  aggressiveNat: {
    flag: '--aggressive-nat-detection',
    variable: 'DRACHTIO_AGRESSIVE_NAT_DETECTION',
    element: 'sip/aggressive-nat-detection',
    what: 'look for nat=yes',
    inert: noNat,
  },
  disableNat: { flag: '--disable-nat-detection', what: 'no NAT detection', inert: noNat },
  memoryDebug: {
    flag: '--memory-debug',
    variable: 'DRACHTIO_MEMORY_DEBUG',
    what: 'log memory allocations',
    inert: 'node --inspect does that',
  },
  tcpKeepalive: {
    flag: '--tcp-keepalive-interval <seconds>',
    variable: 'DRACHTIO_TCP_KEEPALIVE_INTERVAL',
    element: 'admin@tcp-keepalive',
    what: 'keep-alives of TCP connections',
    inert: 'keep-alives of peers are answered (RFC 5626); control connections have those of the kernel',
  },
  queueSize: {
    variable: 'DRACHTIO_TPORT_QUEUESIZE',
    what: 'listen backlog',
    inert: 'the kernel has its own',
  },
  consecutiveTimeouts: {
    variable: 'DRACHTIO_TPORT_MAX_CONSECUTIVE_TIMEOUTS',
    what: 'close a connection after so many timeouts',
    inert: 'connections that are idle or do not drain are closed (docs/transports.md)',
  },
  homer: { flag: '-y, --homer <address>', variable: 'DRACHTIO_HOMER_ADDRESS', what: 'Homer', inert: noHomer },
  homerId: { flag: '-z, --homer-id <number>', variable: 'DRACHTIO_HOMER_ID', what: 'Homer', inert: noHomer },
  homerPort: { variable: 'DRACHTIO_HOMER_PORT', what: 'Homer', inert: noHomer },
  blacklistAddress: {
    flag: '--blacklist-redis-address <host>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_ADDRESS',
    element: 'sip/blacklist/redis-address',
    what: 'Redis with a set of refused addresses',
    inert: noRedis,
  },
  blacklistPort: {
    flag: '--blacklist-redis-port <port>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_PORT',
    element: 'sip/blacklist/redis-port',
    what: 'its port',
    inert: noRedis,
  },
  blacklistKey: {
    flag: '--blacklist-redis-key <key>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_KEY',
    element: 'sip/blacklist/redis-key',
    what: 'key of the set',
    inert: noRedis,
  },
  blacklistRefresh: {
    flag: '--blacklist-refresh-secs <seconds>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_REFRESH_SECS',
    element: 'sip/blacklist/refresh-secs',
    what: 'how often it is read',
    inert: noRedis,
  },
  blacklistSentinels: {
    flag: '--blacklist-redis-sentinels <list>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_SENTINELS',
    element: 'sip/blacklist/redis-sentinels',
    what: 'sentinels of that Redis',
    inert: noRedis,
  },
  blacklistMaster: {
    flag: '--blacklist-redis-master <name>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_MASTER',
    element: 'sip/blacklist/redis-master',
    what: 'its master',
    inert: noRedis,
  },
  blacklistPassword: {
    flag: '--blacklist-redis-password <text>',
    variable: 'DRACHTIO_BLACKLIST_REDIS_PASSWORD',
    element: 'sip/blacklist/redis-password',
    what: 'its password',
    inert: noRedis,
  },
} as const satisfies Record<string, EngineOption>;

export type EngineOptionName = keyof typeof engineOptions;

/** Elements that are no option of their own: what they hold is read together, or nothing of them has a meaning. */
export const structuralElements: Readonly<Record<string, { readonly inert?: string }>> = {
  'admin@tls': { inert: 'say tls-port' },
  'request-handlers/request-handler@sip-method': {},
  'request-handlers/request-handler@verify-peer': {},
  'sip/contact': {},
  'sip/session-timers@default-refresher': {
    inert: 'a refresher that the caller leaves open is chosen by RFC 4028',
  },
  'sip/capture-server': { inert: noHomer },
  'sip/capture-server@port': {},
  'sip/capture-server@id': {},
  'sip/capture-server@hep-version': {},
  'sip/mtu-size': { inert: engineOptions.mtu.inert },
  'sip/udp-buffer-size': { inert: 'the buffers of sockets are those of the kernel' },
  'sip/spammers@action': {},
  'sip/spammers@tcp-action': {},
  'sip/spammers/header@name': {},
  'sip/spammers/header/value': {},
  'monitoring/prometheus': {},
  'logging/syslog/address': { inert: logsToStderr },
  'logging/syslog/port': {},
  'logging/syslog/facility': {},
  'logging/file/name': { inert: logsToStderr },
  'logging/file/archive': {},
  'logging/file/size': {},
  'logging/file/maxSize': {},
  'logging/file/minSize': {},
  'logging/file/maxFiles': {},
  'logging/file/auto-flush': {},
};
