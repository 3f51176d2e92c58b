// Proffer's script tag: shows the offer of one contact and says what the customer does with it. docs/contacts.md
//
//   <div id="offer"></div>
//   <script src="https://router.example.com/embed/proffer.js" defer
//     data-contact-token="ct_..." data-target="#offer" data-language="en"></script>
//
// Needs of a Content-Security-Policy: script-src and connect-src of the router. No inline script, no inline style, nothing else loaded.
(() => {
  'use strict';
  const { document, fetch } = globalThis;
  const tag = document.currentScript;
  if (!tag?.dataset.contactToken) return;
  const { contactToken: token, target = '' } = tag.dataset;
  const api = `${new URL(tag.src).origin}/v1/embed`;
  const language = (tag.dataset.language ?? document.documentElement.lang ?? 'en').slice(0, 2);

  const texts = {
    en: {
      label: 'An offer for you',
      accept: 'Yes, I want it',
      page: 'Tell me more',
      chat: 'Chat with us about it',
      callback: 'Call me about it',
      decline: 'No, thank you',
      accepted: 'Thank you. We will be in touch about it.',
      declined: 'Thank you. We will not offer it again for now.',
      failed: 'That did not work. Please try again.',
    },
    es: {
      label: 'Una oferta para usted',
      accept: 'Sí, la quiero',
      page: 'Más información',
      chat: 'Hablar por chat sobre ella',
      callback: 'Quiero que me llamen',
      decline: 'No, gracias',
      accepted: 'Gracias. Nos pondremos en contacto con usted.',
      declined: 'Gracias. No volveremos a ofrecérsela por ahora.',
      failed: 'No ha funcionado. Inténtelo de nuevo.',
    },
  };
  const text = texts[language] ?? texts.en;

  const sheet = `
    :host { display: block; font: inherit; }
    section { border: 1px solid #6b7280; border-radius: 8px; padding: 16px; background: #fff; color: #111827; }
    h2 { margin: 0 0 12px; font-size: 1.125em; }
    p { margin: 12px 0 0; }
    p:empty { display: none; }
    div { display: flex; flex-wrap: wrap; gap: 8px; }
    button, a { font: inherit; padding: 8px 16px; border-radius: 6px; border: 1px solid #1d4ed8; cursor: pointer; }
    button, a { background: #fff; color: #1d4ed8; text-decoration: none; }
    button.accept { background: #1d4ed8; color: #fff; }
    :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
    button:disabled { opacity: 0.7; cursor: default; }
    @media (prefers-color-scheme: dark) {
      section { background: #111827; color: #f9fafb; }
      button, a { background: #111827; color: #93c5fd; border-color: #93c5fd; }
      button.accept { background: #93c5fd; color: #111827; }
    }`;

  async function ask(path, body) {
    const response = await fetch(api + path, {
      headers: { Authorization: `Contact ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body), keepalive: true }),
      credentials: 'omit',
    });
    if (!response.ok) throw new Error(`${response.status}`);
    return response.json();
  }
  const tell = (event) => ask('/events', { event });

  function element(name, content, className) {
    const made = document.createElement(name);
    made.textContent = content;
    if (className) made.className = className;
    return made;
  }

  function show({ offer, target: place }) {
    const host = document.createElement('proffer-offer');
    const root = host.attachShadow({ mode: 'open' });
    const styles = new globalThis.CSSStyleSheet();
    styles.replaceSync(sheet);
    root.adoptedStyleSheets = [styles];
    const section = document.createElement('section');
    section.setAttribute('aria-label', text.label);
    const accept = element('button', text.accept, 'accept');
    const decline = element('button', text.decline);
    const word = element('p', '');
    word.setAttribute('role', 'status');
    const choose = async (event) => {
      accept.disabled = decline.disabled = true;
      try {
        await tell(event);
        word.textContent = text[event];
        accept.remove();
        decline.remove();
      } catch {
        accept.disabled = decline.disabled = false;
        word.textContent = text.failed;
      }
    };
    accept.addEventListener('click', () => void choose('accepted'));
    decline.addEventListener('click', () => void choose('declined'));
    const choices = document.createElement('div');
    choices.append(accept, onward(place, host), decline);
    section.append(element('h2', offer.name), choices, word);
    root.append(section);
    const at = target === '' ? null : document.querySelector(target);
    if (at) at.append(host);
    else tag.after(host);
    watch(host);
  }

  /** Where the offer is presented: a page, or what the site itself opens when it hears of `proffer-contact`. */
  function onward(place, host) {
    if (place.kind === 'page') {
      const link = element('a', text.page);
      link.href = place.url;
      return link;
    }
    const button = element('button', text[place.kind] ?? text.chat);
    const told = () => new globalThis.CustomEvent('proffer-contact', { bubbles: true, detail: place });
    button.addEventListener('click', () => host.dispatchEvent(told()));
    return button;
  }

  /** Presented is what somebody can see. */
  function watch(host) {
    const seen = new globalThis.IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      seen.disconnect();
      tell('presented').catch(() => undefined);
    });
    seen.observe(host);
    globalThis.addEventListener('pagehide', () => void tell('left').catch(() => undefined), { once: true });
  }

  // Without an offer, or when nobody answers, the page stays as it is.
  ask('/contact')
    .then((contact) => {
      if (contact.offer && ['open', 'presented', 'left'].includes(contact.state)) show(contact);
    })
    .catch(() => undefined);
})();
