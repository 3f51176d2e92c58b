// The text of an offer page. HTML in it is shown as text, links open beside the desk.
import Markdown from 'react-markdown';
import type { Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import './offer-pages.css';

const plugins = [remarkGfm];

/** Below the h2 of whatever shows the page: its own sections are one lower than they are written. */
const components: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ alt }) => <em>{alt}</em>,
  table: ({ children }) => (
    <div className="scroller">
      <table>{children}</table>
    </div>
  ),
};

export default function OfferMarkdown({ children }: { readonly children: string }) {
  return (
    <div className="offer-text">
      <Markdown remarkPlugins={plugins} components={components}>
        {children}
      </Markdown>
    </div>
  );
}
