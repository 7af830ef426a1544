
// The rest stands in the place of what wasm-bindgen writes here for any module (`names.rs`).

let wasm;
/** Starts the module. */
export function begin(module) {
    wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
    wasm.__wbindgen_start();
}

let bytes;
let view;
/** Views of a memory end when it grows. */
function fresh() {
    const { buffer } = wasm.memory;
    if (view?.buffer !== buffer) {
        bytes = new Uint8Array(buffer);
        view = new DataView(buffer);
    }
}

function getDataViewMemory0() {
    fresh();
    return view;
}

function getArrayU8FromWasm0(start, length) {
    fresh();
    start >>>= 0;
    return bytes.subarray(start, start + length);
}

function getArrayF64FromWasm0(start, length) {
    return new Float64Array(wasm.memory.buffer, start >>> 0, length);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** The program's own texts by their places: paths of properties, which are asked for all the time. */
const known = new Map();
/** Where these are: between the stack and the first page that the allocator gives out (`pools.rs`). */
const STACK_END = 32768;
const PROGRAM_END = 65536;

function getStringFromWasm0(start, length) {
    const decoded = () => decoder.decode(getArrayU8FromWasm0(start, length));
    if (!(start > STACK_END && start < PROGRAM_END)) return decoded();
    const place = length * PROGRAM_END + start;
    let text = known.get(place);
    if (text == null) known.set(place, (text = decoded()));
    return text;
}

const isLikeNone = (value) => value == null;

let WASM_VECTOR_LEN = 0;

function passArray8ToWasm0(array, malloc) {
    const start = malloc(array.length, 1) >>> 0;
    getArrayU8FromWasm0(start, array.length).set(array);
    WASM_VECTOR_LEN = array.length;
    return start;
}

function passStringToWasm0(text, malloc, realloc) {
    let room = text.length;
    let start = malloc(room, 1) >>> 0;
    fresh();
    let length = 0;
    // Most is ASCII, and short: an encoder takes longer to be called.
    for (; length < room; length++) {
        const code = text.charCodeAt(length);
        if (code > 127) break;
        bytes[start + length] = code;
    }
    if (length < room) {
        text = text.slice(length);
        start = realloc(start, room, (room = length + text.length * 3), 1) >>> 0;
        length += encoder.encodeInto(text, getArrayU8FromWasm0(start + length, text.length * 3)).written;
        start = realloc(start, room, length, 1) >>> 0;
    }
    WASM_VECTOR_LEN = length;
    return start;
}
