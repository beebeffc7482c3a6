export { default } from 'sortablejs/modular/sortable.core.esm.js';
