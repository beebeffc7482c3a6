// What a link or an image may point to. The server applies the same rules again.

const BLANK = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029]+/g;

export function safeHref(value) {
  const href = (value ?? '').trim();
  const seen = href.replace(BLANK, '').toLowerCase();
  if (/^(https?:\/\/|mailto:|tel:)/.test(seen)) return href;
  return seen.startsWith('/') && !/^\/[/\\]/.test(seen) ? href : null;
}

// People type "www.example.cn" or an e-mail address; both are meant as links.
export function typedHref(value) {
  const text = value.trim();
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return `mailto:${text}`;
  if (/^[\w-]+(\.[\w-]+)+([/?#]\S*)?$/.test(text)) return `https://${text}`;
  return safeHref(text);
}

export function mediaSrc(value, origin = '') {
  let src = (value ?? '').trim();
  if (origin && src.startsWith(`${origin}/`)) src = src.slice(origin.length);
  return /^\/media\/[\w./-]+$/.test(src) && !src.includes('..') ? src : null;
}
