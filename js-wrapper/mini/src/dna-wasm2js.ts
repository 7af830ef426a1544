/** The core as JavaScript, for platforms without Wasm. One a script: it keeps its memory here. */
import * as core from '../../generated/mini/dna-wasm2js.js';
import { host } from './wasm2js-imports';

export function instantiate(imports: object): object {
  Object.assign(host, imports);
  return core;
}
