// Puts the script tag into the example page, as a partner's server would have written it.
(() => {
  'use strict';
  const { document, location } = globalThis;
  const token = location.hash.slice(1);
  if (!token.startsWith('ct_')) {
    document.querySelector('#hint').textContent = 'There is no contact token in the address of this page.';
    return;
  }
  const tag = document.createElement('script');
  tag.src = '/embed/proffer.js';
  tag.dataset.contactToken = token;
  tag.dataset.target = '#offer';
  document.body.append(tag);
})();
