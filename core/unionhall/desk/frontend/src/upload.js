// Images from the button, a drop or the clipboard: sent one after another, put where they were meant to go.

import { insertPoint } from '@tiptap/pm/transform';
import { button, element, icon } from './dom.js';
import { mediaSrc } from './safe.js';
import { fill } from './text.js';

export const imagesIn = (transfer) => [...(transfer?.files ?? [])].filter((file) => file.type.startsWith('image/'));

export function uploader({ editor, url, tray, labels, icons, inserted }) {
  let queue = Promise.resolve();

  function add(files, at = editor.state.selection.to) {
    let place = at;
    let figure = null;
    const follow = ({ transaction }) => {
      place = transaction.mapping.map(place);
      if (figure !== null) figure = transaction.mapping.map(figure);
    };
    editor.on('transaction', follow);
    for (const file of files) {
      queue = queue.then(() => one(file)).then((image) => {
        if (!image || editor.isDestroyed) return;
        const where = spot(editor.state, place);
        editor.commands.command(({ tr, state }) => Boolean(tr.insert(where, state.schema.nodes.figure.create(image))));
        place = where + 1;
        figure ??= where;
      });
    }
    queue = queue.then(() => {
      editor.off('transaction', follow);
      if (figure !== null) inserted(figure);
    });
  }

  async function one(file) {
    const row = progressRow(file);
    tray.append(row.dom);
    try {
      const image = await send(url, file, row.progress);
      const src = mediaSrc(image.src, location.origin);
      if (!src) throw new Error();
      row.dom.remove();
      return { src, alt: '', width: String(image.width ?? ''), height: String(image.height ?? '') };
    } catch (error) {
      row.dom.replaceWith(notice(error.message || fill(labels.uploadFailed, { name: file.name }), () => add([file])));
      return null;
    }
  }

  function progressRow(file) {
    const bar = element('progress', { max: '1', value: '0', class: 'meter', 'aria-label': fill(labels.uploading, { name: file.name }) });
    const dom = element('div', { class: 'upload', role: 'status' }, [element('span', {}, [fill(labels.uploading, { name: file.name })]), bar]);
    return { dom, progress: (share) => { bar.value = share; } };
  }

  function notice(message, retry) {
    const box = element('div', { class: 'notice notice--bad', role: 'alert' });
    const close = () => { box.remove(); editor.view.focus(); };
    box.append(icon(icons, 'bad'), element('p', {}, [message]), element('div', { class: 'btn-row' }, [
      ...(retry ? [button({ class: 'btn btn--sm', text: labels.retry, act: () => { close(); retry(); } })] : []),
      button({ class: 'btn btn--quiet btn--sm', text: labels.dismiss, act: close }),
    ]));
    return box;
  }

  return { add, warn: (message) => tray.append(notice(message)) };
}

export function spot(state, place) {
  const at = Math.min(place, state.doc.content.size);
  const $at = state.doc.resolve(at);
  // A cell or a list item could hold it, but a figure belongs to the running text.
  const top = $at.depth ? $at.after(1) : at;
  return insertPoint(state.doc, top, state.schema.nodes.figure) ?? state.doc.content.size;
}

function send(url, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append('file', file, file.name);
    request.open('POST', url);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', document.querySelector('meta[name="csrf-token"]')?.content ?? '');
    request.upload.addEventListener('progress', (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener('error', () => reject(new Error()));
    request.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page: the general message says enough */ }
      if (request.status === 201) resolve(answer);
      else reject(new Error(answer.error?.message ?? ''));
    });
    request.send(body);
  });
}
