/* Every colour stands here twice more for dark: under "dark" and under "auto". Leave out what stays as it is. */
@layer theme {
:root {
  --c-paper: #f6f8f5; --c-sunken: #eaf0e9;
  --c-accent: #1f5f46; --c-accent-soft: #e4f1ea; --c-accent-line: #a9cdbb;
  --c-action: #1f5f46; --c-action-hover: #164733; --c-on-action: #ffffff;
  --c-link-hover: #1f5f46;
  --r-2: 6px;
}
:root[data-theme="dark"] {
  --c-paper: #121513; --c-sunken: #242a26;
  --c-accent: #8fd6b3; --c-accent-soft: #173024; --c-accent-line: #3b6b54;
  --c-action: #23704f; --c-action-hover: #1b5b40; --c-on-action: #ffffff;
  --c-link-hover: #b4ead0;
}
@media (prefers-color-scheme: dark) {
:root[data-theme="auto"] {
  --c-paper: #121513; --c-sunken: #242a26;
  --c-accent: #8fd6b3; --c-accent-soft: #173024; --c-accent-line: #3b6b54;
  --c-action: #23704f; --c-action-hover: #1b5b40; --c-on-action: #ffffff;
  --c-link-hover: #b4ead0;
}
}
}
