/** `dna-wasm2js.js`: the core for pages that may not compile Wasm, translated to JavaScript from the same module. */
import { answered, observed, push, start, woken } from '../generated/dna_sdk_wasm2js.js';
import { connect, filter_by } from './host.js';

connect({ answered, observed, woken });

export { filter_by, push, start };
