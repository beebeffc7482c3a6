// A button with data-copy puts its text on the clipboard and says so in its own words (data-done) for a moment.
import { announce } from './dom.js';

const SECONDS = 2;

export function copying() {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy]');
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return; // not allowed here: the text stands beside the button
    }
    const word = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!button.dataset.done || !word || word.data === button.dataset.done) return;
    const before = word.data;
    word.data = button.dataset.done;
    announce(button.dataset.done);
    setTimeout(() => { word.data = before; }, SECONDS * 1000);
  });
}
