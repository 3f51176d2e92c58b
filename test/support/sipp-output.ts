// What SIPp leaves behind, parsed: the statistics file, the message trace and the log of <log> actions.

/** Totals of one SIPp run, from the last line of -trace_stat. */
export interface SippStatistics {
  readonly created: number;
  readonly successful: number;
  readonly failed: number;
  /** Messages that SIPp sent again, or received again, because no answer came in time. */
  readonly retransmissions: number;
  /** Reasons of failed calls by SIPp's own names, without those that did not occur. */
  readonly failures: Readonly<Record<string, number>>;
}

/** One message that SIPp sent or received. */
export interface SippMessage {
  readonly direction: 'sent' | 'received';
  /** Microseconds since the Unix epoch, as this machine's clock was. */
  readonly atMicros: number;
  readonly startLine: string;
  /** Method of a request, `''` for a response. */
  readonly method: string;
  /** 0 for a request. */
  readonly status: number;
  /** Request-URI, `''` for a response. */
  readonly uri: string;
  /** Every value of a header in order; the name is matched without regard to case. */
  all(name: string): readonly string[];
  /** The first value of a header. */
  header(name: string): string | undefined;
  readonly body: string;
  readonly text: string;
}

export function parseStatistics(csv: string): SippStatistics {
  const lines = csv.trim().split('\n');
  const names = (lines[0] ?? '').split(';');
  const values = lines.length > 1 ? (lines.at(-1) ?? '').split(';') : [];
  const total = (name: string): number => Number(values[names.indexOf(name)] ?? 0);
  return {
    created: total('TotalCallCreated'),
    successful: total('SuccessfulCall(C)'),
    failed: total('FailedCall(C)'),
    retransmissions: total('Retransmissions(C)'),
    failures: Object.fromEntries(
      names
        .filter((name) => /^Failed(?!Call\().*\(C\)$/.test(name) && total(name) > 0)
        .map((name) => [name.slice('Failed'.length, -'(C)'.length), total(name)]),
    ),
  };
}

function parseMessage(direction: SippMessage['direction'], atMicros: number, text: string): SippMessage {
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? '' : text.slice(end.index + end[0].length);
  const [startLine = '', ...lines] = head.split(/\r?\n/);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const isResponse = startLine.startsWith('SIP/2.0 ');
  const [first = '', second = ''] = startLine.split(' ');
  const all = (name: string): readonly string[] =>
    headers.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value);
  return {
    direction,
    atMicros,
    startLine,
    method: isResponse ? '' : first,
    status: isResponse ? Number(second) : 0,
    uri: isResponse ? '' : second,
    all,
    header: (name) => all(name)[0],
    body,
    text,
  };
}

const traceHeading =
  /^-{20,} (?<day>\d{4}-\d\d-\d\d)\s+(?<time>\d\d:\d\d:\d\d)\.(?<micros>\d{6})\r?\n[A-Z]+ message (?<verb>sent|received)[^\n]*\r?\n\r?\n/gmu;

/** The messages of a -trace_msg file in the order they were written. */
export function parseMessageTrace(trace: string): SippMessage[] {
  const headings = [...trace.matchAll(traceHeading)];
  return headings.map((heading, position) => {
    const groups = heading.groups ?? {};
    const text = trace.slice(heading.index + heading[0].length, headings[position + 1]?.index);
    const seconds = Date.parse(`${groups['day'] ?? ''}T${groups['time'] ?? ''}`) * 1000;
    return parseMessage(
      groups['verb'] === 'sent' ? 'sent' : 'received',
      seconds + Number(groups['micros']),
      text.replace(/\n$/, ''),
    );
  });
}
