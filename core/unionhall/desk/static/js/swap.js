// [data-swap="#id"] on links and forms: fetches the same address and replaces that element only (ui.md §16).
import { announce, csrf } from './dom.js';

let running = null;

export function swap() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-swap]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.origin !== location.origin) return;
    event.preventDefault();
    replace(link.href, link.dataset.swap, {}, () => location.assign(link.href));
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('form[data-swap]') || event.defaultPrevented || form.dataset.plain) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  addEventListener('popstate', ({ state }) => {
    if (state?.swap) replace(location.href, state.swap, { push: false }, () => location.reload());
  });
}

function send(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const url = new URL(submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? location.href, location.href);
  const plain = () => {
    form.dataset.plain = 'yes';
    form.requestSubmit(submitter?.form === form ? submitter : undefined);
  };
  if (form.method !== 'post') {
    url.search = new URLSearchParams([...data].filter(([, value]) => typeof value === 'string'));
    return replace(url.href, form.dataset.swap, {}, plain);
  }
  return replace(url.href, form.dataset.swap, { method: 'POST', body: data }, plain);
}

async function replace(url, selector, { push = true, ...request }, otherwise) {
  const old = document.querySelector(selector);
  if (!old) return otherwise();
  running?.abort();
  const mine = new AbortController();
  running = mine;
  old.setAttribute('aria-busy', 'true');
  let landed = null;
  try {
    const answer = await fetch(url, { ...request, signal: mine.signal, headers: { Accept: 'text/html', ...(request.method && { 'X-CSRFToken': csrf() }) } });
    if (answer.redirected) landed = answer.url;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const made = page.querySelector(selector);
    if (!made || (!answer.ok && answer.status !== 422)) throw new Error(answer.status);
    put(old, made, page.title);
    if (push && (!request.method || landed)) remember(answer.url, selector);
  } catch (error) {
    if (error.name === 'AbortError') return;
    old.removeAttribute('aria-busy');
    // A POST that was answered with a redirect has done its work: show where it led, never send it twice.
    if (request.method && landed) location.assign(landed);
    else otherwise();
  }
}

function put(old, made, title) {
  const back = old.contains(document.activeElement) ? marker(document.activeElement) : null;
  const fresh = document.adoptNode(made);
  old.replaceWith(fresh);
  if (title) document.title = title;
  fresh.dispatchEvent(new CustomEvent('uh:load', { bubbles: true }));
  if (back && !fresh.contains(document.activeElement)) focusIn(fresh, back);
  announce(fresh.dataset.announce ?? document.title);
}

function remember(url, selector) {
  if (!history.state?.swap) history.replaceState({ swap: selector }, '');
  if (url !== location.href) history.pushState({ swap: selector }, '', url);
}

const marker = ({ id, name, tagName, value, textContent }) => ({ id, name, tagName, value, text: textContent });

function focusIn(root, { id, name, tagName, value, text }) {
  const same = [...root.querySelectorAll(tagName)];
  const found = (id && document.getElementById(id))
    || same.find((element) => name && element.name === name && element.value === value)
    || same.find((element) => name ? element.name === name : element.textContent === text);
  if (!found) root.tabIndex = -1;
  (found || root).focus({ preventScroll: true });
}
