/** The module `h` that the translated core imports: it does so before anybody can say what is in it. */
import type { Imports } from './imports';

export const host: Imports = {};

export const now = () => host.now();
export const random = () => host.random();
export const load = (...numbers: number[]) => host.load(...numbers);
export const store = (...numbers: number[]) => host.store(...numbers);
export const remove = (...numbers: number[]) => host.remove(...numbers);
export const erase = () => host.erase();
export const stored = (...numbers: number[]) => host.stored(...numbers);
export const send = (...numbers: number[]) => host.send(...numbers);
export const wake = (...numbers: number[]) => host.wake(...numbers);
export const warn = (...numbers: number[]) => host.warn(...numbers);
