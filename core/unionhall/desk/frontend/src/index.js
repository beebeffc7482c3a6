import { enhance } from './editor.js';

function start(root) {
  for (const textarea of root.querySelectorAll('textarea[data-editor]:not([hidden])')) {
    // Without the editor the textarea still works, so a failure only costs comfort.
    try { enhance(textarea); } catch (error) { console.error(error); }
  }
}

start(document);
document.addEventListener('uh:load', (event) => start(event.target));
