// A page that is arrived at is announced: its heading names the document and, after going there inside the console, has the focus.
import { useEffect } from 'react';

let hasArrived = false;

/** Once for each place, beside its content; stays quiet at the first one, where the browser starts at the top by itself. */
export function Arrival({ product }: { readonly product: string }) {
  useEffect(() => {
    const main = document.querySelector('main');
    if (main === null) return;
    let isToFocus = hasArrived;
    hasArrived = true;
    const look = () => {
      const heading = main.querySelector('h1');
      const text = heading?.textContent;
      if (heading === null || text === undefined || text === '') return;
      const title = `${text} · ${product}`;
      if (document.title !== title) document.title = title;
      if (!isToFocus) return;
      isToFocus = false;
      // Not when somebody has put the focus into the page meanwhile.
      if (main !== document.activeElement && main.contains(document.activeElement)) return;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    };
    look();
    const observer = new MutationObserver(look);
    observer.observe(main, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [product]);
  return null;
}
