// Check-in without a network: code hashes and masked names stand in the page; what was noted (hash and time) waits in this
// browser until it could be sent. Sent twice, it counts once.
const form = document.querySelector('[data-offline]');
const known = JSON.parse(document.querySelector('[data-offline-known]').textContent);
const key = `uh-check-in-${form.dataset.sheet}`;
const said = form.querySelector('[data-offline-said]');
const count = form.querySelector('[data-offline-count]');
const token = document.querySelector('meta[name="csrf-token"]').content;
const done = new Set();
let refused = 0;
let sent = 0;

const read = () => JSON.parse(localStorage.getItem(key) ?? '[]');
const write = (rows) => localStorage.setItem(key, JSON.stringify(rows));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

async function hash(text) {
  const code = text.trim().toUpperCase().split('-').at(-1).split('/').at(-1).replace(/[^A-Z0-9]/g, '').slice(0, 8);
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${form.dataset.sheet}:${code}`));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function tell() {
  const waiting = read().length;
  const parts = [];
  if (sent) parts.push(fill(form.dataset.saidSent, { n: sent }));
  if (waiting) parts.push(fill(form.dataset.saidWaiting, { n: waiting }));
  if (refused) parts.push(fill(form.dataset.saidRefused, { n: refused }));
  if (parts.length) count.textContent = parts.join(' · ');
}

async function send() {
  const rows = read();
  if (!rows.length || !navigator.onLine) return tell();
  try {
    const answer = await fetch(form.dataset.offline, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
      body: JSON.stringify({ noted: rows }),
    });
    if (!answer.ok) return tell();
    const { found } = await answer.json();
    for (const [digest] of rows) {
      if (found[digest] === 'ok' || found[digest] === 'again') sent += 1;
      else refused += 1;
    }
    write(read().filter(([digest]) => !(digest in found)));
  } catch {
    // still no network
  }
  tell();
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const field = form.elements.code;
  if (!crypto.subtle) {
    said.textContent = form.dataset.saidInsecure;
    return;
  }
  const digest = await hash(field.value);
  const [name] = known[digest] ?? [];
  if (!name) said.textContent = form.dataset.saidUnknown;
  else if (done.has(digest) || read().some(([each]) => each === digest)) said.textContent = fill(form.dataset.saidAgain, { name });
  else {
    done.add(digest);
    write([...read(), [digest, Date.now()]]);
    said.textContent = fill(form.dataset.saidOk, { name });
    field.value = '';
    send();
  }
  field.focus();
});
addEventListener('online', send);
setInterval(send, 20000);
send();
