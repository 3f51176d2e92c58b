// The style sheet of a report: no font, picture or sheet from elsewhere, light and dark by the reader's setting, light on paper.
import { GATES } from './run-report.js';

/** Gates of one kind share a hue: who may not be offered it, who was shown it lately, who has better. */
const gateColors = {
  light: [
    '#1f4e85',
    '#2f6fb3',
    '#5590cc',
    '#86b2e0',
    '#b3d0ee',
    '#874a0a',
    '#b76b15',
    '#dc9437',
    '#eec285',
    '#5c3b90',
    '#8a66bd',
    '#b99ddd',
  ],
  dark: [
    '#2f6fb3',
    '#4a86c7',
    '#6ba1da',
    '#8fbbe9',
    '#b9d6f5',
    '#a05f17',
    '#c47b24',
    '#e09c45',
    '#f2c583',
    '#7d59b5',
    '#9f7dd2',
    '#c5abee',
  ],
} as const;

const light = `--page:#f6f7f9;--card:#ffffff;--ink:#1b1f24;--muted:#5b6470;--line:#dde1e6;--accent:#1f6f8b;
--good:#14735c;--good-soft:#e3f3ee;--warn:#8f4c00;--warn-soft:#fdf0dd;--ranked:#58b5a5;--first:#14735c;--rest:#c9ced6;${gateVariables(gateColors.light)}`;
const dark = `--page:#111418;--card:#1a1e24;--ink:#e7eaee;--muted:#a2abb7;--line:#333a44;--accent:#5cb3d1;
--good:#6ed3b8;--good-soft:#17352e;--warn:#f2b45f;--warn-soft:#3a2a12;--ranked:#3b9d8c;--first:#7be0c8;--rest:#4a525e;${gateVariables(gateColors.dark)}`;

export const pageStyle = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
main,header,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:.1rem 0 .6rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .25rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.4rem 0;max-width:46rem}
a{color:var(--accent)}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em;overflow-wrap:anywhere}
.kind{color:var(--muted);font-size:.85rem;letter-spacing:.06em;text-transform:uppercase;margin:0}
.outcome{display:block;border-left:.3rem solid var(--good);background:var(--good-soft);padding:.7rem 1rem;border-radius:.4rem;font-size:1.1rem;max-width:none;overflow-wrap:anywhere}
.outcome.warn{border-color:var(--warn);background:var(--warn-soft)}
.note{color:var(--muted);font-size:.9rem;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0;margin:.75rem 0;font-size:.9rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.75rem .9rem;min-width:0}
.tile dt{color:var(--muted);font-size:.85rem}
.tile dd{margin:0}
.tile .figure{font-size:1.45rem;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tile .more{color:var(--muted);font-size:.85rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.25rem;margin:1rem 0}
figure{margin:.75rem 0 0;min-width:0}
figcaption{font-weight:600;font-size:.95rem;margin-bottom:.35rem}
.chart{display:block;width:100%;max-width:var(--width);height:auto;font-family:inherit;font-size:12px}
.narrow{display:none;max-width:calc(1.4*var(--width))}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem 2rem;align-items:start}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;margin:.4rem 0;padding:0;font-size:.85rem}
.legend li{display:flex;align-items:center;gap:.4rem}
.swatch{display:inline-block;width:.85rem;height:.85rem;border-radius:.2rem;flex:none;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);font-size:.85rem;padding:.25rem 0}
caption span{display:block;max-width:calc(100vw - 3.5rem)}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
thead th{vertical-align:bottom;font-size:.82rem;line-height:1.25;color:var(--muted);font-weight:600}
tbody th{font-weight:500}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal}
.code{white-space:nowrap}
td.text{min-width:10rem}
th.text{min-width:7rem}
tr.muted,tr.muted th,td.muted{color:var(--muted)}
tr.muted th{font-weight:400}
tr.total th,tr.total td{font-weight:600}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--accent);font-size:.9rem;padding:.2rem 0}
summary:focus-visible,a:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
details.item{border-top:1px solid var(--line);margin:0;padding:.35rem 0}
details.item>summary{color:var(--ink);font-size:1rem;display:flex;flex-wrap:wrap;gap:.1rem 1rem;align-items:baseline}
details.item>summary::before{content:"";width:.45rem;height:.45rem;border-right:2px solid var(--muted);border-bottom:2px solid var(--muted);transform:rotate(-45deg);align-self:center;flex:none}
details.item[open]>summary::before{transform:rotate(45deg)}
details.item>summary::-webkit-details-marker{display:none}
.item .name{font-weight:600;overflow-wrap:anywhere}
.item .aside{color:var(--muted);font-size:.9rem}
.facts{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1.25rem;margin:.5rem 0;font-size:.95rem}
.facts dt{color:var(--muted)}
.facts dd{margin:0;overflow-wrap:anywhere;min-width:0}
.badge{display:inline-block;padding:.05rem .5rem;border-radius:1rem;font-size:.8rem;background:var(--warn-soft);color:var(--warn);white-space:nowrap}
.badge.good{background:var(--good-soft);color:var(--good)}
ul.files{padding-left:1.1rem;margin:.5rem 0}
footer{color:var(--muted);font-size:.85rem;padding-bottom:2rem}
@media (max-width:40rem){
.wide{display:none}.narrow{display:block}
main,header,footer{padding-left:.75rem;padding-right:.75rem}
section{padding:.9rem .8rem}
h1{font-size:1.4rem}
table{font-size:.85rem}
th,td{padding:.35rem .35rem}
th.text{min-width:6rem}
.tiles{grid-template-columns:repeat(2,1fr);gap:.5rem}
.tile{padding:.6rem .7rem}
.tile .figure{font-size:1.2rem}
.facts{grid-template-columns:1fr;gap:0}
.facts dd{margin-bottom:.5rem}
}
@media print{
:root{${light}--page:#ffffff}
body{font-size:10pt}
nav{display:none}
section{border:0;padding:0;margin:1.2rem 0}
figure,tr,.tile{break-inside:avoid}
h2,h3,figcaption{break-after:avoid}
.scroll{overflow:visible}
details::details-content{content-visibility:visible;block-size:auto}
.chart{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;

function gateVariables(colors: readonly string[]): string {
  return GATES.map((gate, index) => `--gate-${gate}:${colors[index] ?? 'gray'};`).join('');
}
