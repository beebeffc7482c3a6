// [data-progress="/address"]: asks how far a long piece of work is and shows it; when it is over, the page is loaded once more.
const place = document.querySelector('[data-progress]');
const bar = place?.querySelector('progress');
const told = place?.querySelector('[data-told]');

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(answer.status);
    const { state, done, total, text } = await answer.json();
    if (state !== place.dataset.state) return location.reload();
    if (told.textContent !== text) told.textContent = text;
    if (total) [bar.max, bar.value] = [total, done];
  } catch {
    // the connection was lost for a moment: ask again
  }
  setTimeout(look, document.hidden ? 10000 : 1500);
}

if (place) setTimeout(look, 1000);
